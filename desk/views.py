"""Pages that every member of staff shares: what needs a person now, and search."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from desk import work
from desk.access import platform_only, signed_in
from desk.context import businesses


@signed_in
@require_safe
def home(request):
    """Staff see what needs a person now; people of a business go to their business."""
    if not request.user.is_staff:
        return _business_home(request)
    return render(request, "desk/home.html", {"items": work.items(request.user, timezone.now())})


def _business_home(request):
    """Straight to the only business; with several, or none any more, to the page that lists them."""
    own = businesses(request.user)
    return redirect(own[0]["url"] if len(own) == 1 else "accounts:switch")


@platform_only
@signed_in
@require_safe
def search(request):
    """What every room finds for the words in `q`."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    hits = work.search(request.user, text) if text else []
    return render(request, "desk/search.html", {"q": text, "hits": hits})
