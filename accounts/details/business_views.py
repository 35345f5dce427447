"""The step about the business itself."""

from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.details import business_changes, categories, steps
from accounts.details.business_forms import PARAMS, form_for
from accounts.details.stripe_js_views import script_context, with_stripe_js
from accounts.details.views import after, details_step, render_step, submit, wants_later


@with_stripe_js
@require_http_methods(["GET", "HEAD", "POST"])
@details_step()
def details_business(request, account, known):
    """What the business is, where it is and what it does."""
    form = form_for(account)(
        request.POST if request.method == "POST" else None,
        account=account,
        known=known,
        user=request.user,
        today=timezone.now().date(),
        may_be_partial=wants_later(request),
    )

    def redraw(status=None):
        return render_step(
            request,
            account,
            known,
            step=steps.BUSINESS,
            template="accounts/details/business.html",
            form=form,
            status=status,
            industries=categories.labels(),
            beyond=steps.beyond_our_form(account),
            **script_context(),
        )

    if request.method != "POST" or not form.is_valid():
        return redraw()
    if not (form.company or form.profile or form.token):
        return after(request, account, known, step=steps.BUSINESS)
    change = business_changes.update(
        account,
        form.cleaned_data["operation"],
        company=form.company,
        profile=form.profile,
        token=form.token,
        typed=form.typed,
    )
    return submit(request, account, known, step=steps.BUSINESS, form=form, redraw=redraw, fields=PARAMS, **change)
