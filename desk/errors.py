"""Pages for when something cannot go on."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    """A form came without its token: an old page, or a session that ended meanwhile. Nothing was done."""
    return render(request, "403_csrf.html", status=403)
