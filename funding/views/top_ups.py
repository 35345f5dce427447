"""Pages of top-ups: the lists, the form with its review, one top-up, and canceling it."""

from django.contrib import messages
from django.core.cache import caches
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_required, may
from accounts.models import ConnectedAccount
from desk import paging
from desk.access import permission
from desk.fragments import STOP_POLLING, wants_fragment
from funding import calendars, drafts, limits, refusals, standing, timeline, top_ups
from funding.forms import CancelForm, TopUpFilterForm, TopUpForm
from funding.models import Source, TopUp
from funding.views.shared import form_reused, surroundings, ways_to_pull
from stripe_gateway import operations

NEWEST_FIRST = [("created_at", "desc"), ("id", "desc")]
# The columns that a row of a list shows. The three tables have many more; no source id is decrypted.
SHOWN = (
    "public_id", "account__public_id", "account__stripe_id", "account__name", "source__bank_name", "source__last4",
    "amount", "currency", "description", "status", "expected_on", "created_at", "settled_at",
)  # fmt: skip
# Seconds that the counts on the tabs of all top-ups may be old; the rows are always fresh.
COUNTS_LAST = 15


@require_GET
@permission("funding.view_topup")
def top_up_list(request):
    """Top-ups of all accounts, for staff."""
    return _list(request, TopUp.objects.for_user(request.user), "funding/top_up_list.html", {})


@require_GET
@account_required("funding.view_topup")
def account_top_up_list(request, account):
    """Top-ups of one account, for staff and its business."""
    context = {**surroundings(request, account), **ways_to_pull(request, account)}
    return _list(request, TopUp.objects.filter(account=account), "funding/account_top_up_list.html", context)


@require_http_methods(["GET", "POST"])
@account_required("funding.add_topup")
def top_up_create(request, account):
    """The form, then its review, then the top-up itself."""
    now = timezone.now()
    try:
        standing.check_may_top_up(account)
    except standing.CannotFund as refusal:
        return _draw_form(request, account, None, blocked=str(refusal))
    if request.method == "GET":
        return _draw_draft(request, account, now)
    form = TopUpForm(request.POST, account=account, now=now, user=request.user)
    if not form.is_valid():
        return _draw_form(request, account, form, status=422)
    twin = _twin(form, now)
    if request.POST.get("step") != "confirm" or (twin and request.POST.get("twin") != str(twin.public_id)):
        # The review has an address of its own, so that the back button finds it.
        return redirect(f"{request.path}?draft={drafts.keep(request, account, form)}")
    return _initiate(request, account, form, now)


@require_GET
@account_required("funding.view_topup")
def top_up_detail(request, account, public_id):
    """One top-up: where it stands, what happened to it, and what can be done."""
    top_up = _top_up(account, public_id)
    context = {
        **surroundings(request, account),
        **_standing_of(request, top_up),
        "timeline": timeline.of(top_up, for_staff=request.user.is_staff),
        "may_cancel": top_up.can_be_canceled and may(request.user, "funding.cancel_topup", account),
    }
    return render(request, "funding/top_up_detail.html", context)


@require_GET
@account_required("funding.view_topup")
def top_up_status(request, account, public_id):
    """The part of the page that follows Stripe; it stops asking once the top-up has come to rest.

    What the browser shows already is not sent again, so that a screen reader does not read it out every time.
    """
    top_up = _top_up(account, public_id)
    if top_up.is_in_flight and request.GET.get("seen") == top_up.appearance:
        return HttpResponse(status=204)
    response = render(request, "funding/_top_up_status.html", {"account": account, **_standing_of(request, top_up)})
    if not top_up.is_in_flight:
        response.status_code = STOP_POLLING
        response["HX-Trigger"] = "money-moved"  # The balance beside it reads itself again.
    return response


@require_http_methods(["GET", "POST"])
@account_required("funding.cancel_topup")
def top_up_cancel(request, account, public_id):
    """GET says what will happen; POST asks Stripe to cancel."""
    top_up = _top_up(account, public_id)
    form = CancelForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(
            request, "funding/top_up_cancel.html", {**_cancel_page(account, top_up), "form": form}, status=status
        )
    try:
        top_ups.cancel(
            top_up=top_up,
            form_id=form.cleaned_data["operation"],
            actor=request.user,
            reason=form.on_behalf_reason,
        )
    except top_ups.CannotCancel as refusal:
        context = {**_cancel_page(account, top_up), "refusal": str(refusal)}
        return render(request, "funding/top_up_cancel.html", context, status=409)
    except operations.FormReused:
        return form_reused(request, account, earlier_url=_url(top_up), new_url=request.path)
    return redirect(_url(top_up))


def _list(request, rows, template: str, context: dict) -> HttpResponse:
    filters = TopUpFilterForm(request.GET)
    rows = filters.narrow(rows)
    of_all = "account" not in context and not filters.is_narrowed
    tabs = _tabs(filters, _counts(rows, filters, of_all=of_all))
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    rows = rows.select_related("account", "source").only(*SHOWN)
    page = paging.keyset(rows, order=NEWEST_FIRST, cursor=request.GET.get("cursor"))
    context = {**context, "page": page, "tabs": tabs, "filters": filters}
    response = render(request, "funding/_top_up_table.html" if wants_fragment(request) else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _tabs(filters: TopUpFilterForm, counts: dict[str, int]) -> list[dict]:
    labels = {
        "": _("All"),
        "moving": _("On their way"),
        "attention": _("Need attention"),
        "arrived": _("Arrived"),
        "canceled": _("Canceled"),
    }
    return [
        {
            "name": name or None,
            "label": labels[name],
            "count": counts.get(name),
            "is_current": name == filters.cleaned_data.get("status", ""),
        }
        for name in TopUpFilterForm.STATUSES
    ]


def _counts(rows, filters: TopUpFilterForm, *, of_all: bool) -> dict[str, int]:
    """Per tab how many, up to a thousand; of all accounts at most a quarter of a minute old.

    None while a name is looked for, which would cost five searches more.
    """

    def counted_now() -> dict[str, int]:
        narrowed = {name: rows.filter(status__in=found) if found else rows for name, found in filters.STATUSES.items()}
        return {name: paging.capped_count(those) for name, those in narrowed.items()}

    if filters.is_search:
        return {}
    return caches["figures"].get_or_set("top-up-counts", counted_now, COUNTS_LAST) if of_all else counted_now()


def _blank_form(request, account: ConnectedAccount, now) -> TopUpForm:
    first = account.sources.chargeable().order_by("-verified_at").first()
    initial = {"source": first.public_id} if first else {}
    return TopUpForm(account=account, now=now, user=request.user, initial=initial)


def _draw_draft(request, account, now) -> HttpResponse:
    """What is under review, or the form: blank, or to change what is under review."""
    typed = drafts.find(request, account, request.GET.get("draft", ""))
    if typed is None:
        return _draw_form(request, account, _blank_form(request, account, now))
    if earlier := TopUp.objects.filter(account=account, operation_id=typed["operation"]).first():
        messages.info(request, _("This was sent before and is not sent again. Here is what became of it."))
        return redirect("funding:top-up-detail", account.ref, earlier.public_id)
    form = TopUpForm(typed, account=account, now=now, user=request.user)
    if not form.is_valid() or "change" in request.GET:
        return _draw_form(request, account, form)
    return _draw_review(request, account, form, _twin(form, now), now)


def _draw_form(request, account, form: TopUpForm | None, *, blocked: str = "", status: int = 200) -> HttpResponse:
    sources = account.sources.exclude(status=Source.Status.REFUSED).select_related("mandate").order_by("-created_at")
    chargeable = [source for source in sources if source.status == Source.Status.CHARGEABLE]
    others = [
        {"source": source, "why_not": top_ups.why_not_chargeable(source)}
        for source in sources
        if source.status != Source.Status.CHARGEABLE
    ]
    context = {
        **surroundings(request, account),
        "form": form,
        "blocked": blocked,
        "chargeable": chargeable,
        "others": others,
        "chosen": str(form["source"].value()) if form else "",
        "arrives_on": calendars.arrives_on(timezone.now(), "ach_pull"),
    }
    blocked_on_post = blocked and request.method == "POST"
    return render(request, "funding/top_up_form.html", context, status=422 if blocked_on_post else status)


def _twin(form: TopUpForm, now) -> TopUp | None:
    terms = form.cleaned_data
    return top_ups.twin(source=terms["source"], amount=terms["amount"], form_id=terms["operation"], now=now)


def _draw_review(request, account, form: TopUpForm, twin: TopUp | None, now) -> HttpResponse:
    terms = form.cleaned_data
    arrives_on = calendars.arrives_on(now, "ach_pull")
    around = surroundings(request, account)
    context = {
        **around,
        "form": form,
        "twin": twin,
        "amount": terms["amount"],
        "source": terms["source"],
        "reason": form.on_behalf_reason,
        "balance_after": around["figures"].total + terms["amount"],
        "arrives_on": arrives_on,
        "business_days": calendars.business_days_until(arrives_on, start=now.date(), calendar="fed"),
    }
    return render(request, "funding/top_up_review.html", context)


def _initiate(request, account, form: TopUpForm, now) -> HttpResponse:
    terms = form.cleaned_data
    try:
        top_up = top_ups.initiate(
            account=account,
            source=terms["source"],
            amount=terms["amount"],
            description=terms["description"],
            statement_descriptor=terms["statement_descriptor"],
            form_id=terms["operation"],
            actor=request.user,
            reason=form.on_behalf_reason,
            now=now,
        )
    except limits.AmountOutsideLimits as refusal:
        form.add_error("amount", str(refusal))
        return _draw_form(request, account, form, status=422)
    except top_ups.SourceNotReady as refusal:
        form.add_error("source", str(refusal))
        return _draw_form(request, account, form, status=422)
    except standing.CannotFund as refusal:
        return _draw_form(request, account, None, blocked=str(refusal))
    except operations.FormReused:
        return _show_earlier(request, account, terms["operation"])
    return redirect(_url(top_up))


def _show_earlier(request, account, form_id) -> HttpResponse:
    earlier = TopUp.objects.filter(account=account, operation_id=form_id).select_related("account").first()
    list_url = reverse("funding:account-top-up-list", args=[account.ref])
    new_url = reverse("funding:top-up-create", args=[account.ref])
    return form_reused(request, account, earlier_url=_url(earlier) if earlier else list_url, new_url=new_url)


def _top_up(account, public_id) -> TopUp:
    rows = TopUp.objects.select_related("account", "source", "operation", "cancel_operation", "created_by")
    return get_object_or_404(rows, Q(account=account), public_id=public_id)


def _url(top_up: TopUp) -> str:
    return reverse("funding:top-up-detail", args=[top_up.account.ref, top_up.public_id])


def _standing_of(request, top_up: TopUp) -> dict:
    explanation = ""
    if top_up.status == TopUp.Status.REFUSED:
        explanation = refusals.sentence(top_up.operation)
    elif top_up.status in (TopUp.Status.FAILED, TopUp.Status.REVERSED):
        explanation = refusals.returned(top_up.failure_code)
    may_top_up = may(request.user, "funding.add_topup", top_up.account)
    return {"top_up": top_up, "explanation": explanation, "may_top_up": may_top_up}


def _cancel_page(account, top_up: TopUp) -> dict:
    refusal = "" if top_up.can_be_canceled else top_ups.NOTHING_TO_CANCEL
    return {"account": account, "top_up": top_up, "refusal": refusal}
