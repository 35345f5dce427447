"""Documents: what Stripe wants to see, handing it over, and what became of it."""

from csp.decorators import csp_update
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.access import account_required, may
from accounts.countries import country_name
from accounts.details import documents as nouns
from accounts.details import documents_files, documents_slots, people, steps
from accounts.details.documents_forms import FIELDS_OF_STRIPE, DocumentForm
from accounts.details.known import read
from accounts.details.views import details_step, render_step, submit
from accounts.models import ConnectedAccount, Document
from stripe_gateway.outcomes import StripeProblem

# A picture is shown before it is sent, out of the browser's own memory.
with_preview = csp_update({"img-src": ["blob:"]})


@require_safe
@details_step()
def documents(request, account, known):
    """What Stripe waits for, and everything that was handed over with what became of it."""
    everybody = people.of(account, known)
    following = steps.following(account, known, steps.DOCUMENTS)
    return render_step(
        request,
        account,
        known,
        step=steps.DOCUMENTS,
        template="accounts/details/documents_list.html",
        needed=nouns.needed(account, everybody),
        # Stands beside each document.
        to_correct=[],
        sent=[(one, _name_of(one, everybody)) for one in nouns.sent(account)],
        following=following if following and following.key != steps.DOCUMENTS else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_preview
@details_step(is_met=nouns.is_met)
def document(request, account, known, subject, slot):
    """Hand one document over. Whose it is, is said by the address: a person of this account, or the business."""
    wanted = documents_slots.slot(slot, is_about_business=subject == documents_slots.BUSINESS)
    if wanted is None:
        raise Http404
    person = _person(account, known, subject)
    form = DocumentForm(request.POST or None, request.FILES or None, slot=wanted, user=request.user)

    def redraw(status):
        return _draw(request, account, known, form, person, status)

    if request.method != "POST":
        return redraw(200)
    if not form.is_valid():
        return redraw(422)
    if not known.is_read:
        form.add_error(None, _("Stripe could not be reached, so nothing was sent. Try again in a minute."))
        return redraw(422)
    terms = nouns.attachment(
        account,
        person,
        wanted,
        form.cleaned_data["operation"],
        files=form.files_by_side,
        digests=form.digests,
    )
    return submit(
        request,
        account,
        known,
        step=steps.DOCUMENTS,
        form=form,
        redraw=redraw,
        fields=FIELDS_OF_STRIPE,
        done_url=reverse("accounts:details-documents", args=[account.ref]),
        **terms,
    )


@require_GET
@account_required("accounts.view_connectedaccount")
def documents_panel(request, account):
    """What was handed over and how it ended, beside the other facts of an account."""
    sent = nouns.sent(account)
    names = _names(account) if request.user.is_staff and any(one.person_id for one in sent) else {}
    context = {
        "account": account,
        "sent": [(one, names.get(one.person_id, "")) for one in sent],
        "may_ask": _is_any_refused(sent) and may(request.user, "accounts.invite_connectedaccount", account),
    }
    return render(request, "accounts/details/documents_panel.html", context)


def _is_any_refused(sent: list[nouns.Sent]) -> bool:
    return any(one.document.status == Document.Status.REFUSED for one in sent)


def _names(account) -> dict[str, str]:
    """Names of the account's people as Stripe has them now, by id; none while it cannot be asked."""
    try:
        return {person.id: person.name for person in people.of(account, read(account))}
    except StripeProblem:
        return {}


def _person(account, known, subject):
    """The person of that id; None for the business, and while Stripe cannot be asked. Raises Http404 for a stranger."""
    if subject == documents_slots.BUSINESS:
        if account.entity_type == ConnectedAccount.EntityType.INDIVIDUAL:
            raise Http404
        return None
    if not known.is_read:
        return None
    person = people.named(people.of(account, known), subject)
    if person is None:
        raise Http404
    return person


def _draw(request, account, known, form, person, status):
    home = ((person.found.get("address") or {}).get("country") or "") if person else ""
    asked = [
        one
        for one in nouns.needed(account, people.of(account, known))
        if one.slot == form.slot and one.subject == (person.id if person else documents_slots.BUSINESS)
    ]
    context = {
        "slot": form.slot,
        "person": person,
        "instructions": asked[0].instructions if asked else [],
        "is_again": bool(asked and asked[0].is_again),
        "to_correct": [],
        "kinds": form.slot.accepted_kinds(country=home, account_country=account.country),
        "foreign_country": country_name(home) if home and home != account.country else "",
        "most_megabytes": documents_files.MOST_BYTES // documents_files.MEGABYTE,
        "list_url": reverse("accounts:details-documents", args=[account.ref]),
    }
    template = "accounts/details/document_form.html"
    return render_step(
        request, account, known, step=steps.DOCUMENTS, template=template, form=form, status=status, **context
    )


def _name_of(one, everybody) -> str:
    person = people.named(everybody, one.person_id) if one.person_id else None
    return person.name if person else ""
