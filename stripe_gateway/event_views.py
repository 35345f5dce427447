"""Screens about what Stripe told us: the inbox of events."""

import json

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from desk import audit
from desk.access import permission
from desk.forms import ReasonForm
from desk.fragments import wants_fragment
from stripe_gateway import inbox, lists, processing, redaction, tables
from stripe_gateway.forms import EventFilters
from stripe_gateway.models import StripeEvent

State = StripeEvent.State
BUSY = gettext_lazy("It is being processed just now, or was decided on already.")


@permission("stripe_gateway.view_stripeevent")
@require_safe
@vary_on_headers("HX-Request")
def event_list(request):
    """Everything Stripe told us, newest first."""
    filters = EventFilters(request.GET).values()
    page = lists.event_page(**filters)
    context = {
        "filters": filters,
        "is_filtered": bool(filters["q"] or filters["type"]),
        "page": page,
        "tabs": lists.tabs(StripeEvent, lists.EVENT_VIEWS, filters["view"]),
        "types": processing.followed_types(),
        "account_names": tables.account_names(page),
    }
    template = "stripe_gateway/_event_table.html" if wants_fragment(request) else "stripe_gateway/event_list.html"
    return render(request, template, context)


@permission("stripe_gateway.view_stripeevent")
@require_safe
def event_detail(request, pk):
    """One event: its redacted text, what it changed, and what can be decided about it."""
    event = get_object_or_404(StripeEvent, pk=pk)
    may_decide = request.user.has_perm("stripe_gateway.replay_stripeevent")
    payload = redaction.redact(json.loads(event.text)) if event.text else None
    context = {
        "event": event,
        "payload": json.dumps(payload, indent=2, ensure_ascii=False) if payload else "",
        "account_name": tables.account_names([event]).get(event.stripe_account, ""),
        "same_object": _about_the_same_object(event),
        "audit_entries": audit.entries_about(event),
        "may_replay": may_decide and event.state in inbox.SETTLED,
        "may_ignore": may_decide and event.state in inbox.IGNORABLE,
    }
    return render(request, "stripe_gateway/event_detail.html", context)


@permission("stripe_gateway.replay_stripeevent")
@require_http_methods(["GET", "HEAD", "POST"])
def event_replay(request, pk):
    """Process an event again: its object is re-read, so what is right already stays as it is."""
    event = get_object_or_404(StripeEvent.objects.defer("payload"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if inbox.replay(event, actor=request.user, reason=form.cleaned_data["reason"], request=request):
            messages.info(request, _("It will be processed again within a few seconds."))
        else:
            messages.warning(request, BUSY)
        return redirect("stripe_gateway:event-detail", pk)
    return _decision(request, event, form, "stripe_gateway/event_replay.html")


@permission("stripe_gateway.replay_stripeevent")
@require_http_methods(["GET", "HEAD", "POST"])
def event_ignore(request, pk):
    """Set an event aside for good."""
    event = get_object_or_404(StripeEvent.objects.defer("payload"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        if not inbox.ignore(event, actor=request.user, reason=reason, now=now, request=request):
            messages.warning(request, BUSY)
        return redirect("stripe_gateway:event-detail", pk)
    return _decision(request, event, form, "stripe_gateway/event_ignore.html")


def _decision(request, event, form, template):
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"event": event, "form": form}, status=status)


def _about_the_same_object(event: StripeEvent):
    if not event.object_id:
        return []
    others = StripeEvent.objects.filter(object_id=event.object_id).exclude(pk=event.pk)
    return others.defer("payload", "sealed_payload").order_by("-id")[:10]
