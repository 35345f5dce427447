"""Pages of bank accounts: authorizing debits, following one, and confirming it by two deposits."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_required, may
from desk.access import client_ip
from desk.fragments import STOP_POLLING
from funding import calendars, mandate_texts, mandates, refusals, sources, standing, timeline, verifications
from funding.forms import MandateForm, OfflineMandateForm, VerifyForm
from funding.models import Source
from funding.views.shared import form_reused, surroundings, ways_to_pull
from stripe_gateway import operations


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Stripe.js runs on the pages that collect bank numbers and nowhere else.
with_stripe_js = csp_update(
    {
        "script-src": [_origin(settings.STRIPE_JS_URL)],
        "frame-src": [_origin(settings.STRIPE_JS_URL)],
        "connect-src": sorted({_origin(settings.STRIPE_JS_URL), _origin(settings.STRIPE_API_BASE)}),
    }
)


@require_GET
@account_required("funding.view_source")
def source_list(request, account):
    """Every bank account that the business has connected."""
    rows = account.sources.select_related("mandate").order_by("-created_at")
    context = {**surroundings(request, account), **ways_to_pull(request, account), "sources": rows}
    return render(request, "funding/source_list.html", context)


@with_stripe_js
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@account_required("funding.add_mandate")
def mandate_create(request, account):
    """The business authorizes debits itself. Staff cannot click for it: they record what was given to them."""
    if request.acting_on_behalf:
        return redirect("funding:offline-mandate-create", ref=account.ref)
    ip = client_ip(request)
    form = MandateForm(request.POST or None, ip=ip, initial=_initial(account, translation.get_language()))
    if request.method == "GET" or not form.is_valid():
        return _draw_mandate(request, account, form)
    acceptance = mandates.OnlineAcceptance(
        ip=ip,
        user_agent=request.headers.get("User-Agent", ""),
        language=form.cleaned_data["language"],
    )
    return _connect(request, account, form, acceptance)


@with_stripe_js
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@account_required("funding.record_offline_mandate")
def offline_mandate_create(request, account):
    """Staff write down an authorization given by phone or on paper."""
    initial = _initial(account, account.language or translation.get_language())
    form = OfflineMandateForm(request.POST or None, now=timezone.now(), user=request.user, initial=initial)
    if request.method == "GET" or not form.is_valid():
        return _draw_mandate(request, account, form)
    acceptance = mandates.OfflineAcceptance(
        accepted_at=form.cleaned_data["accepted_at"],
        evidence_note=form.cleaned_data["evidence_note"],
        evidence_contact=form.cleaned_data["evidence_contact"],
        language=form.cleaned_data["language"],
    )
    return _connect(request, account, form, acceptance)


@require_GET
@account_required("funding.view_source")
def source_detail(request, account, public_id):
    """One bank account: where it stands, its authorization word for word, and what to do next."""
    source = _source(account, public_id)
    context = {
        **surroundings(request, account),
        **_standing_of(request, source),
        "timeline": timeline.of(source, for_staff=request.user.is_staff),
    }
    return render(request, "funding/source_detail.html", context)


@require_GET
@account_required("funding.view_source")
def source_status(request, account, public_id):
    """The part of the page that follows Stripe while it has not answered; sent only when there is news."""
    source = _source(account, public_id)
    if source.status == Source.Status.SUBMITTING and request.GET.get("seen") == source.status:
        return HttpResponse(status=204)
    response = render(request, "funding/_source_status.html", {"account": account, **_standing_of(request, source)})
    if source.status != Source.Status.SUBMITTING:
        response.status_code = STOP_POLLING
    return response


@sensitive_post_parameters("first", "second")
@require_http_methods(["GET", "POST"])
@account_required("funding.add_verificationattempt")
def source_verify(request, account, public_id):
    """Two amounts from the bank statement. Each submission spends one of few tries."""
    source = _source(account, public_id)
    form = VerifyForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return _draw_verify(request, account, source, form, status=200 if request.method == "GET" else 422)
    try:
        attempt = verifications.submit(
            source=source,
            form_id=form.cleaned_data["operation"],
            amounts=form.amounts,
            actor=request.user,
            reason=form.on_behalf_reason,
        )
    except verifications.AttemptUnderWay:
        return _draw_verify(request, account, source, None, under_way=True, status=409)
    except verifications.NothingToVerify as refusal:
        return _draw_verify(request, account, source, None, refusal=str(refusal), status=409)
    except operations.FormReused:
        return form_reused(request, account, earlier_url=_url(source), new_url=request.path)
    if attempt.succeeded is False:
        return _draw_wrong(request, account, attempt, form.amounts)
    return redirect(_url(source))


def _connect(request, account, form, acceptance: mandates.Acceptance) -> HttpResponse:
    terms = form.cleaned_data
    try:
        source = sources.connect(
            account=account,
            form_id=terms["operation"],
            token=terms["token"],
            holder_name=terms["holder_name"],
            holder_type=terms["holder_type"],
            acceptance=acceptance,
            actor=request.user,
            reason=getattr(form, "on_behalf_reason", ""),
            now=timezone.now(),
        )
    except standing.CannotFund as refusal:
        form.add_error(None, str(refusal))
        return _draw_mandate(request, account, form)
    except operations.FormReused:
        earlier = Source.objects.filter(account=account, operation_id=terms["operation"]).first()
        list_url = reverse("funding:source-list", args=[account.ref])
        return form_reused(request, account, earlier_url=_url(earlier) if earlier else list_url, new_url=request.path)
    return redirect(_url(source))


def _draw_mandate(request, account, form) -> HttpResponse:
    blocked = ""
    try:
        standing.check_may_connect_a_bank(account)
    except standing.CannotFund as refusal:
        blocked = str(refusal)
    text = mandate_texts.current(
        platform_name=settings.PLATFORM_NAME, business_name=account.name, language=form.shown_language
    )
    context = {
        **surroundings(request, account),
        "form": form,
        "blocked": blocked,
        "mandate_text": text,
        "stripe_js_url": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "client_messages": _client_messages(),
        "arrives_on": calendars.arrives_on(timezone.now(), "ach_pull"),
    }
    template = "funding/offline_mandate_form.html" if request.acting_on_behalf else "funding/mandate_form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _client_messages() -> dict[str, str]:
    """Sentences of the script that checks bank numbers in the browser, where alone they are seen."""
    return {
        "routingMissing": _("Enter the routing number."),
        "routingOneDigit": _("This has 1 digit. Routing numbers have 9."),
        "routingLength": _("This has %s digits. Routing numbers have 9."),
        "routingCheckDigit": _("This is not a routing number: one of its digits is wrong. Compare it with a check."),
        "digitsOnly": _("Use digits only."),
        "accountMissing": _("Enter the account number."),
        "accountLength": _("Account numbers have 4 to 17 digits."),
        "accountRefused": _("Stripe does not take this account number. Compare it with a check or a statement."),
        "holderMissing": _("Enter the name in which the bank account is held."),
        "tick": _("Tick the box to continue."),
    }


def _draw_verify(
    request, account, source, form, *, status=200, under_way=False, refusal="", wrong=None
) -> HttpResponse:
    if not (refusal or under_way or wrong) and source.status != Source.Status.PENDING:
        refusal = _("This bank account is not waiting for deposits to be confirmed.")
    context = {
        **surroundings(request, account),
        "source": source,
        "form": None if refusal or under_way else form,
        "under_way": under_way or _is_under_way(source),
        "refusal": refusal,
        "wrong": wrong,
        "deposits_by": calendars.arrives_on(source.created_at, "microdeposits"),
    }
    return render(request, "funding/source_verify.html", context, status=status)


def _draw_wrong(request, account, attempt, amounts: tuple[int, int]) -> HttpResponse:
    source = attempt.source
    if attempt.operation.error_code != verifications.WRONG_AMOUNTS and attempt.operation.error_code:
        return _draw_verify(request, account, source, None, refusal=refusals.sentence(attempt.operation), status=409)
    form = VerifyForm(user=request.user) if source.status == Source.Status.PENDING else None
    wrong = {"amounts": amounts, "left": source.attempts_remaining or 0}
    return _draw_verify(request, account, source, form, wrong=wrong, status=422)


def _is_under_way(source: Source) -> bool:
    return source.verification_attempts.filter(finished_at=None).exists()


def _initial(account, language: str) -> dict:
    return {
        "language": language,
        "text_version": mandate_texts.CURRENT_VERSION,
        "holder_name": account.name,
        "holder_type": "individual" if account.entity_type == account.EntityType.INDIVIDUAL else "company",
    }


def _source(account, public_id) -> Source:
    rows = Source.objects.select_related("account", "mandate", "mandate__recorded_by", "operation")
    return get_object_or_404(rows, account=account, public_id=public_id)


def _url(source: Source) -> str:
    return reverse("funding:source-detail", args=[source.account.ref, source.public_id])


def _standing_of(request, source: Source) -> dict:
    refused = source.status == Source.Status.REFUSED
    return {
        "may_verify": may(request.user, "funding.add_verificationattempt", source.account),
        "may_connect": may(request.user, "funding.add_mandate", source.account),
        "may_top_up": may(request.user, "funding.add_topup", source.account),
        "source": source,
        "explanation": refusals.sentence(source.operation) if refused else "",
        "deposits_by": calendars.arrives_on(source.created_at, "microdeposits"),
        "under_way": _is_under_way(source),
    }
