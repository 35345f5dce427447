"""The people behind a business: who they are, adding, changing and removing them, and confirming that all are there."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import changes
from accounts.details import people as nouns
from accounts.details import people_changes, refusals, steps
from accounts.details.people_forms import FIELDS_OF_STRIPE, ConfirmPeopleForm, PersonForm, RemovePersonForm
from accounts.details.stripe_js_views import script_context, with_stripe_js
from accounts.details.views import after, details_step, render_step, submit, wants_later
from stripe_gateway.models import StripeOperation
from stripe_gateway.operations import FormReused
from stripe_gateway.outcomes import StripeProblem

State = StripeOperation.State
CONFIRMED = {f"company.{group}_provided": group for group in ConfirmPeopleForm.LABELS}


@require_safe
@details_step()
def people(request, account, known):
    """Everybody whom Stripe has on file, and what it still wants to know about them."""
    return _draw_people(request, account, known)


@require_http_methods(["GET", "HEAD", "POST"])
@with_stripe_js
@details_step()
def person_add(request, account, known):
    """A person whom Stripe does not know yet."""
    if known.is_individual and nouns.of(account, known):
        return redirect("accounts:person", account.ref, nouns.of(account, known)[0].id)
    return _edit(request, account, known, person=None)


@require_http_methods(["GET", "HEAD", "POST"])
@with_stripe_js
@details_step(is_met=nouns.was_met)
def person_change(request, account, known, person_id):
    """One person. A person of another account is as unknown as one that does not exist."""
    return _edit(request, account, known, person=_found(account, known, person_id))


@require_http_methods(["GET", "HEAD", "POST"])
@details_step(is_met=nouns.was_met)
def person_remove(request, account, known, person_id):
    """Take a person off the account, once what follows has been read."""
    person = _found(account, known, person_id)
    form = RemovePersonForm(request.POST or None, user=request.user)
    is_barred = person is not None and (person.is_representative or person.is_individual)

    def redraw(status):
        context = {"person": person, "is_barred": is_barred, "list_url": _list_url(account)}
        template = "accounts/details/person_remove.html"
        return render_step(
            request, account, known, step=steps.PEOPLE, template=template, form=form, status=status, **context
        )

    if request.method != "POST":
        return redraw(200)
    if is_barred or not form.is_valid():
        return redraw(409 if is_barred else 422)
    if person is None:
        form.add_error(None, _("Stripe could not be reached, so nobody was removed. Try again in a minute."))
        return redraw(422)
    terms = people_changes.removal(account, person)
    return submit(
        request,
        account,
        known,
        step=steps.PEOPLE,
        form=form,
        redraw=redraw,
        fields={},
        done_url=_list_url(account),
        **terms,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@details_step()
def people_confirm(request, account, known):
    """That a list is whole. Stripe asks this of companies, so that nobody is left out by mistake."""
    groups = nouns.awaited_confirmations(account)
    if request.method != "POST" or not groups:
        return redirect("accounts:details-people", account.ref)
    form = ConfirmPeopleForm(request.POST, groups=groups, user=request.user)

    def redraw(status):
        return _draw_people(request, account, known, confirm_form=form, status=status)

    if not form.is_valid():
        return redraw(422)
    form_id = form.cleaned_data["operation"]
    return submit(
        request,
        account,
        known,
        step=steps.PEOPLE,
        form=form,
        redraw=redraw,
        fields=CONFIRMED,
        kind="account.update",
        part="people",
        path=people_changes.account_path(account),
        params=changes.marked({"company": {f"{group}_provided": True for group in groups}}, form_id),
        details={"confirmed": groups},
    )


def _draw_people(request, account, known, *, confirm_form=None, status=200):
    everybody = nouns.of(account, known)
    groups = nouns.awaited_confirmations(account)
    following = steps.following(account, known, steps.PEOPLE)
    owned = nouns.owned_by_others(everybody, "")
    context = {
        "people": everybody,
        "has_representative": nouns.representative(everybody) is not None,
        "owned": owned and nouns.share_words(owned),
        "others_missing": [line for line in nouns.lines_about_nobody(account) if not _is_confirmation(line)],
        "confirm_form": confirm_form or (ConfirmPeopleForm(groups=groups, user=request.user) if groups else None),
        "following": following if following and following.key != steps.PEOPLE else None,
    }
    return render_step(
        request,
        account,
        known,
        step=steps.PEOPLE,
        template="accounts/details/people_list.html",
        form=confirm_form,
        status=status,
        **context,
    )


def _is_confirmation(line) -> bool:
    return "persons_provided" in line.requirements[0].description


def _edit(request, account, known, *, person):
    everybody = nouns.of(account, known)
    form = PersonForm(
        request.POST or None,
        account=account,
        people=everybody,
        person=person,
        asked=nouns.asked_paths(account),
        today=timezone.localdate(),
        may_be_partial=wants_later(request),
        user=request.user,
    )

    def redraw(status):
        return _draw_form(request, account, known, form, everybody, person, status)

    if request.method != "POST":
        return redraw(200)
    if not form.is_valid():
        return redraw(422)
    if not known.is_read:
        form.add_error(None, _("Stripe could not be reached, so nothing was sent. Try again in a minute."))
        return redraw(422)
    if person is None and form.is_empty:
        return after(request, account, known, step=steps.PEOPLE)
    return _save(request, account, known, form, person, redraw)


def _draw_form(request, account, known, form, everybody, person, status):
    lead = nouns.representative(everybody)
    context = {
        "person": person,
        "lead": lead if lead and (person is None or lead.id != person.id) else None,
        "list_url": _list_url(account),
    } | script_context()
    template = "accounts/details/person_form.html"
    return render_step(
        request, account, known, step=steps.PEOPLE, template=template, form=form, status=status, **context
    )


def _save(request, account, known, form, person, redraw):
    """The former representative makes room, the person is saved, and then the number that the browser handed over."""
    terms = _terms(account, form, person)
    terms["sealed"] = _once(terms["sealed"])
    if form.former_representative and (stop := _make_room(request, account, form, terms["sealed"], redraw)):
        return stop
    answer = submit(
        request,
        account,
        known,
        step=steps.PEOPLE,
        form=form,
        redraw=redraw,
        fields=FIELDS_OF_STRIPE,
        done_url=_list_url(account),
        **terms,
    )
    # Only a form that was sent and not refused leads on: a number never follows one that came back.
    if form.cleaned_data.get("number_token") and answer.status_code == HTTPStatus.FOUND:
        return _give_number(request, account, form, person) or answer
    return answer


def _terms(account, form, person) -> dict:
    contents, typed = form.contents(with_number=True), form.contents(with_number=False)
    form_id = form.cleaned_data["operation"]
    if form.is_individual:
        return people_changes.individual_update(account, form_id, contents=contents, typed=typed)
    if person is None:
        return people_changes.creation(account, contents=contents, typed=typed)
    return people_changes.update(account, person.id, form_id, contents=contents, typed=typed)


def _once(make):
    """The same token, or the same problem, however often it is asked for."""
    made: list[tuple] = []

    def again():
        if not made:
            try:
                made.append((make(), None))
            except StripeProblem as problem:
                made.append((None, problem))
        value, problem = made[0]
        if problem:
            raise problem
        return value

    return again


def _make_room(request, account, form, seal, redraw):
    """Stripe knows one representative: the former lays it down first. Returns an answer when it goes no further."""
    form_id = form.cleaned_data["operation"]
    if account.changes.filter(operation_id=form_id).exists():
        return None
    try:
        seal()
    except StripeProblem:
        # Stripe would refuse the new one, or cannot be reached: sending it says so, and nobody has laid anything down.
        return None
    change_id = people_changes.laying_down_id(form_id)
    terms = people_changes.laying_down(account, form.former_representative, change_id)
    try:
        made = changes.send(**_sender(request, account, form), form_id=change_id, **terms)
    except (StripeProblem, FormReused):
        form.add_error(None, _("Stripe could not be reached, so nothing was sent. Try again in a minute."))
        return redraw(422)
    if made.operation.state == State.ACCEPTED:
        return None
    if made.operation.state == State.REJECTED:
        form.renew()
        form.add_error("representative", refusals.sentence(made.operation.error_code))
        return redraw(422)
    name = form.former_representative.name
    form.add_error(
        None,
        _("Stripe has not confirmed yet that %(name)s no longer represents the business. Try again in a minute.")
        % {"name": name},
    )
    return redraw(422)


def _give_number(request, account, form, person):
    """Hand over the number of which the browser made a token. Returns an answer when Stripe does not take it."""
    made = account.changes.select_related("operation").filter(operation_id=form.cleaned_data["operation"]).first()
    if made is None or made.operation.state == State.REJECTED:
        return None
    if made.operation.state != State.ACCEPTED:
        messages.warning(request, _("Stripe has not confirmed this person yet. Enter the ID number once it has."))
        return None
    person_id = made.person_id or (person.id if person else "")
    change_id = people_changes.number_id(form.cleaned_data["operation"])
    token = form.cleaned_data["number_token"]
    if form.is_individual:
        terms = people_changes.individual_number(account, change_id, token=token)
    else:
        terms = people_changes.number(account, person_id, change_id, token=token)
    sent = changes.send(**_sender(request, account, form), form_id=change_id, **terms)
    if sent.operation.state != State.REJECTED:
        changes.reread_quietly(account)
        return None
    messages.error(
        request,
        _("Everything was saved but the ID number: %(why)s") % {"why": refusals.sentence(sent.operation.error_code)},
    )
    return redirect("accounts:person", account.ref, person_id) if person_id else None


def _sender(request, account, form) -> dict:
    return {"account": account, "actor": request.user, "reason": form.on_behalf_reason, "request": request}


def _found(account, known, person_id):
    """The person; None while Stripe cannot be asked. Raises Http404 for one that is not this account's."""
    if not known.is_read:
        return None
    person = nouns.named(nouns.of(account, known), person_id)
    if person is None:
        raise Http404
    return person


def _list_url(account) -> str:
    return reverse("accounts:details-people", args=[account.ref])
