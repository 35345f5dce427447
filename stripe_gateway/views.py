"""Screens about what is sent to Stripe: operations and pauses. Those about events are in `event_views`."""

import json

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from desk import audit
from desk.access import permission
from desk.forms import ReasonForm
from desk.fragments import wants_fragment
from stripe_gateway import kinds, lists, operations, pauses, redaction, schedule, tables, words
from stripe_gateway.forms import OperationFilters, PauseForm
from stripe_gateway.models import Pause, StripeOperation
from stripe_gateway.timeline import tries

OPERATION = "stripe_gateway.view_stripeoperation"


@permission(OPERATION)
@require_safe
@vary_on_headers("HX-Request")
def operation_list(request):
    """Every write to Stripe, with saved views for what is not settled."""
    filters = OperationFilters(request.GET).values()
    page = lists.operation_page(**filters)
    context = {
        "filters": filters,
        "is_filtered": bool(filters["q"] or filters["kind"]),
        "page": page,
        "tabs": lists.tabs(StripeOperation, lists.OPERATION_VIEWS, filters["view"]),
        "kinds": [(name, words.kind(name)) for name in kinds.names()],
        "rows": [(operation, words.kind(operation.kind)) for operation in page],
        "account_names": tables.account_names(page),
    }
    if wants_fragment(request):
        return render(request, "stripe_gateway/_operation_table.html", context)
    context |= {"figures": lists.operation_figures()}
    return render(request, "stripe_gateway/operation_list.html", context)


@permission(OPERATION)
@require_safe
def operation_detail(request, operation_id):
    """One write: what was sent, every try, what it came to."""
    operation = get_object_or_404(StripeOperation.objects.select_related("actor"), pk=operation_id)
    sent = redaction.redact(operation.params) | redaction.masked(operation.sealed)
    context = {
        "operation": operation,
        "title": words.kind(operation.kind),
        "outcome": words.outcome(operation),
        "why": words.why(operation),
        "sent": json.dumps(sent, indent=2, ensure_ascii=False),
        "tries": tries(operation),
        "account_name": tables.account_names([operation]).get(operation.stripe_account, ""),
        "key_until": operation.first_sent_at and operation.first_sent_at + schedule.key_window(operation.path),
        "pause": None if operation.state in StripeOperation.FINAL else pauses.active_for(operation),
        "audit_entries": audit.entries_about(operation),
        "may_ask_again": _may_ask_again(request, operation),
    }
    return render(request, "stripe_gateway/operation_detail.html", context)


@permission("stripe_gateway.ask_again_stripeoperation")
@require_http_methods(["GET", "HEAD", "POST"])
def operation_ask_again(request, operation_id):
    """The one safe thing to do about an operation in doubt: ask Stripe now instead of in a while."""
    operation = get_object_or_404(StripeOperation, pk=operation_id)
    if request.method != "POST":
        context = {"operation": operation, "kind": words.kind(operation.kind)}
        return render(request, "stripe_gateway/operation_ask_again.html", context)
    if operation.state in StripeOperation.IN_DOUBT:
        operation = operations.ask_again(operation, actor=request.user, request=request)
        messages.info(request, words.outcome(operation))
    else:
        messages.info(request, _("It is not in doubt any more."))
    return redirect("stripe_gateway:operation-detail", operation.pk)


@permission("stripe_gateway.view_pause")
@require_safe
def pause_list(request):
    """What is paused, why, and what was paused before."""
    context = {
        "standing": [(pause, words.scope(pause.scope)) for pause in _pauses().filter(lifted_at=None)],
        "lifted": [(pause, words.scope(pause.scope)) for pause in _pauses().exclude(lifted_at=None)[:50]],
        "may_open": request.user.has_perm("stripe_gateway.add_pause"),
        "may_lift": request.user.has_perm("stripe_gateway.change_pause"),
    }
    return render(request, "stripe_gateway/pause_list.html", context)


@permission("stripe_gateway.add_pause")
@require_http_methods(["GET", "HEAD", "POST"])
def pause_open(request):
    """Stop new writes of a scope at once."""
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pauses.open(form.cleaned_data["scope"], form.cleaned_data["reason"], by=request.user, request=request)
        return redirect("stripe_gateway:pause-list")
    status = 422 if request.method == "POST" else 200
    return render(request, "stripe_gateway/pause_open.html", {"form": form}, status=status)


@permission("stripe_gateway.change_pause")
@require_http_methods(["GET", "HEAD", "POST"])
def pause_lift(request, pk):
    """End a pause; what it held goes out."""
    pause = get_object_or_404(Pause, pk=pk, lifted_at=None)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pauses.lift(pause, request.user, form.cleaned_data["reason"], now=timezone.now(), request=request)
        return redirect("stripe_gateway:pause-list")
    context = {"form": form, "pause": pause, "scope": words.scope(pause.scope)}
    status = 422 if request.method == "POST" else 200
    return render(request, "stripe_gateway/pause_lift.html", context, status=status)


def _pauses():
    return Pause.objects.select_related("paused_by", "lifted_by").order_by("-since")


def _may_ask_again(request, operation: StripeOperation) -> bool:
    is_in_doubt = operation.state in StripeOperation.IN_DOUBT
    return is_in_doubt and request.user.has_perm("stripe_gateway.ask_again_stripeoperation")
