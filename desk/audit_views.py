"""The audit trail, to read."""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from desk import paging
from desk.access import permission
from desk.forms import BaseForm
from desk.fragments import wants_fragment
from desk.models import AuditEntry


class AuditFilter(BaseForm):
    """What the address of the page may narrow the trail to."""

    object = forms.CharField(label=_("Object id"), max_length=80, required=False)
    actor = forms.CharField(label=_("Person"), max_length=120, required=False)
    verb = forms.CharField(label=_("Act"), max_length=60, required=False)
    stream = forms.CharField(label=_("Chain"), max_length=80, required=False)

    def apply(self, entries):
        """Narrow a queryset of entries; a value that cannot be is no filter."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("object"):
            entries = entries.filter(object_id=chosen["object"])
        if chosen.get("actor"):
            entries = entries.filter(actor_label__icontains=chosen["actor"])
        if chosen.get("verb"):
            entries = entries.filter(verb__startswith=chosen["verb"])
        if chosen.get("stream"):
            entries = entries.filter(stream=chosen["stream"])
        return entries


@permission("desk.view_auditentry")
@require_safe
@vary_on_headers("HX-Request")
def audit_trail(request):
    """Newest first, narrowed by object, person, act or chain."""
    form = AuditFilter(request.GET)
    entries = form.apply(AuditEntry.objects.select_related("actor"))
    page = paging.keyset(entries, order=[("id", "desc")], cursor=request.GET.get("cursor"), size=25)
    template = "desk/_audit_table.html" if wants_fragment(request) else "desk/audit_trail.html"
    return render(request, template, {"form": form, "page": page, "filtered": any(form.data.values())})
