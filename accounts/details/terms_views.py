"""The last step: what is on file, the agreements, and their acceptance; and where these stay to be read."""

import uuid

from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_required
from accounts.details import agreements, overview, steps, terms_changes
from accounts.details.terms_forms import TermsForm
from accounts.details.views import details_step, home_url, render_step, submit
from accounts.models import ConnectedAccount
from desk.access import client_ip
from stripe_gateway.models import StripeOperation


@require_http_methods(["GET", "HEAD", "POST"])
@details_step(business_only=True)
def details_terms(request, account, known):
    """Confirming what Stripe was told, then accepting the agreements of this program."""
    form = TermsForm(
        request.POST if request.method == "POST" else None,
        ip=client_ip(request),
        initial={"language": translation.get_language()},
    )
    wording = terms_changes.wording_for(
        account, state=overview.state_of(known), person=request.user, language=form.shown_language
    )
    form.show(statement=wording.statement, digest=wording.digest)
    missing = _missing(account, known)
    may_accept = known.is_read and not missing and not wording.unpublished and _is_asked(account)

    def redraw(status=None):
        if form.is_bound:
            _show_anew(form, wording)
        return render_step(
            request,
            account,
            known,
            step=steps.TERMS,
            template="accounts/details/terms.html",
            form=form,
            status=status,
            wording=wording,
            missing=missing,
            may_accept=may_accept,
            facts=overview.business_facts(account, known),
            people=overview.people_facts(account, known),
            has_accepted=account.terms_acceptances.exists(),
        )

    if request.method != "POST":
        return redraw()
    is_valid = form.is_valid()
    if not may_accept and not _is_repeated(account, form):
        # Nobody accepts what Stripe does not ask for, or for a business whose details it lacks or could not show.
        return redraw(409)
    if not is_valid:
        return redraw()
    accepted = terms_changes.Acceptance(
        at=timezone.now(),
        by=request.user,
        ip=form.ip,
        user_agent=request.headers.get("User-Agent", ""),
        wording=wording,
    )
    change = terms_changes.acceptance(account, accepted)
    return submit(request, account, known, step=steps.TERMS, form=form, redraw=redraw, fields={}, **change)


def _missing(account, known) -> list[steps.Step]:
    keys = steps.due_before_terms(account)
    return [step for step in steps.steps_of(account, known) if step.key in keys]


def _is_asked(account) -> bool:
    """Whether Stripe waits for an acceptance, and none is on its way to it."""
    on_its_way = account.terms_acceptances.exclude(change__operation__state__in=StripeOperation.FINAL).exists()
    return steps.is_wanted(account, steps.TERMS) and not on_its_way


def _is_repeated(account, form: TermsForm) -> bool:
    """A form that was sent before: a double click, which gets the answer of the first."""
    return account.changes.filter(operation_id=form.cleaned_data.get("operation")).exists()


def _show_anew(form, wording: terms_changes.Wording) -> None:
    """The page shows the words of now, so the form must carry them, and an id of its own, and not be ticked already."""
    form.data = form.data.copy()
    is_other = form.data.get("words") != wording.digest
    form.data["words"] = wording.digest
    if is_other:
        form.data.pop("agree", None)
        form.data["operation"] = str(uuid.uuid4())


@require_safe
@account_required("accounts.view_connectedaccount")
def agreements_accepted(request, account):
    """What the business has accepted, word for word, for as long as it is a customer."""
    context = {"account": account, "acceptances": terms_changes.of(account), "home_url": home_url(request, account)}
    return render(request, "accounts/details/agreements.html", context)


@require_safe
@account_required("accounts.view_connectedaccount")
def agreements_panel(request, account):
    """The latest acceptance, on the page that staff have of the account."""
    is_ours = account.kind == ConnectedAccount.Kind.ISSUING
    latest = account.terms_acceptances.select_related("accepted_by", "change__operation").order_by("-accepted_at")
    context = {
        "account": account,
        "latest": latest.first(),
        "expected": len(agreements.agreements_for(account.program, account.country, "")) if is_ours else 0,
    }
    return render(request, "accounts/details/_agreements_panel.html", context)
