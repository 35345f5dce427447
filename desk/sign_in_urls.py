"""The routes of django-allauth that this product uses, under their own names; what is not listed does not exist."""

from allauth.account import views as account
from django.urls import include, path, re_path

from desk import sign_in_views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", sign_in_views.sign_out, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    # Always closed: people come by invitation. The sign-in page needs its name.
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]
