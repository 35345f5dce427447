"""Pages about card programs for platform staff."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_required
from accounts.changes import reread_quietly
from cards import programs
from cards.forms import DefaultProgramForm, GiveProgramForm
from cards.models import Program
from cards.templatetags.cards_ui import program_name
from desk.access import permission
from stripe_gateway.models import StripeOperation
from stripe_gateway.operations import FormReused
from stripe_gateway.outcomes import StripeProblem

State = StripeOperation.State


@permission("cards.view_program")
@require_safe
def program_list(request):
    """The platform's card programs, and how many businesses have each."""
    try:
        offers = programs.offers()
    except StripeProblem as problem:
        return render(request, "cards/program_list.html", {"problem": problem}, status=200)
    counts = programs.counts()
    rows = [{"offer": offer, "count": counts.get(offer.stripe_id, 0)} for offer in offers]
    return render(request, "cards/program_list.html", {"rows": rows})


@account_required("cards.view_program")
@require_safe
def account_panel(request, account):
    """The programs of one account, for its page. Read from Stripe while none is known."""
    if not request.user.is_staff:
        return redirect("accounts:business-home", account.ref)
    problem = False
    if account.stripe_id and not account.programs.exclude(stripe_id=None).exists():
        problem = not programs.reread_quietly(account)
    context = {
        "account": account,
        "programs": _rows(account),
        "is_stale": problem,
        "may_add": request.user.has_perm("cards.add_program") and account.kind == account.Kind.ISSUING,
    }
    return render(request, "cards/_account_panel.html", context)


def _rows(account) -> list[Program]:
    rows = account.programs.select_related("change__operation").order_by("-is_default", "pk")
    return [row for row in rows if row.stripe_id or row.change.operation.state != State.REJECTED]


@account_required("cards.add_program")
@require_http_methods(["GET", "HEAD", "POST"])
def program_add(request, account):
    """Give a business one of the platform's programs; the capability it needs follows by itself."""
    if account.kind != account.Kind.ISSUING or account.stripe_id is None or account.unfit_reason:
        messages.error(request, _("This account cannot have cards, so it cannot have a card program."))
        return redirect("accounts:detail", account.ref)
    try:
        offers = programs.open_offers(account)
    except StripeProblem:
        messages.error(request, _("Stripe’s list of your card programs could not be read just now. Try again."))
        return redirect("accounts:detail", account.ref)
    is_first = not account.programs.exclude(stripe_id=None).exists()
    initial = {"is_default": is_first, "program": offers[0].stripe_id if offers else ""}
    form = GiveProgramForm(request.POST if request.method == "POST" else None, offers=offers, initial=initial)
    if request.method == "POST" and _given_before(account, form):
        return redirect("accounts:detail", account.ref)
    if request.method == "POST" and form.is_valid() and _give(request, account, form):
        return redirect("accounts:detail", account.ref)
    context = {"account": account, "form": form, "offers": offers, "is_first": is_first}
    return render(request, "cards/program_add.html", context, status=422 if request.method == "POST" else 200)


def _given_before(account, form) -> bool:
    """Whether this very form was sent before: its program is no longer among the open ones."""
    form.is_valid()
    return account.changes.filter(operation_id=form.cleaned_data.get("operation"), part="program").exists()


def _give(request, account, form) -> bool:
    """False when the page has to be shown again; what is wrong then stands on the form."""
    try:
        change = programs.give(
            account=account,
            offer=form.offer,
            is_default=form.cleaned_data["is_default"],
            form_id=form.cleaned_data["operation"],
            actor=request.user,
            request=request,
        )
    except FormReused:
        form.add_error(None, _("This form was already sent with another choice. Open a new one."))
        return False
    operation = change.operation
    if operation.state == State.REJECTED and operation.error_code != programs.ALREADY_THERE:
        said = _("Stripe did not give the program: %(message)s") % {"message": operation.error_message}
        form.add_error("program", said)
        form.renew()
        return False
    _say(request, operation, _("The account has the program now. Stripe has requested what it needs."))
    if operation.state == State.REJECTED:
        programs.reread_quietly(account)
    reread_quietly(account)
    return True


def _named(account, stripe_id: str) -> Program:
    """The account's program of that id. Compared here: an address may hold what no database takes."""
    for row in account.programs.exclude(stripe_id=None):
        if row.stripe_id == stripe_id:
            return row
    raise Http404


@account_required("cards.add_program")
@require_http_methods(["GET", "HEAD", "POST"])
def program_default(request, account, program):
    """Make a program the one that new cards belong to."""
    program = _named(account, program)
    form = DefaultProgramForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = programs.make_default(
                program=program, form_id=form.cleaned_data["operation"], actor=request.user, request=request
            )
        except FormReused:
            messages.error(request, _("This page was out of date. Nothing was sent."))
        else:
            _say(request, change.operation, _("New cards belong to this program from now on."))
        return redirect("accounts:detail", account.ref)
    context = {"account": account, "program": program, "name": program_name(program), "form": form}
    return render(request, "cards/program_default.html", context, status=422 if request.method == "POST" else 200)


def _say(request, operation: StripeOperation, done: str) -> None:
    if operation.state == State.ACCEPTED:
        messages.success(request, done)
    elif operation.state == State.REJECTED and operation.error_code == programs.ALREADY_THERE:
        messages.info(request, _("The account had this program already."))
    elif operation.state == State.REJECTED:
        said = _("Stripe refused: %(message)s") % {"message": operation.error_message}
        messages.error(request, said)
    else:
        messages.info(request, _("Stripe has not answered yet. It is asked again by itself; nothing is lost."))
