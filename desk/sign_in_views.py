"""What this product adds to django-allauth's views."""

from allauth.account import views as account
from django.views.decorators.cache import never_cache

from desk.access import public


@public("signing out must work in any state")
@never_cache
def sign_out(request):
    """End the session, and have the browser forget what it kept of our pages."""
    response = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response
