"""How sign-in behaves here, where django-allauth leaves the choice to the product."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk import hosts
from desk.addresses import client_ip


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation only, and their address counts only as far as our proxies vouch for it."""

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        return None if _is_out_of_place(request, user) else user

    def pre_login(self, request, user, **kwargs):
        if _is_out_of_place(request, user):
            messages.error(request, _("You cannot sign in here."))
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def get_client_ip(self, request):
        return client_ip(request)

    def format_email_subject(self, subject):
        return f"Issuing Desk: {subject}"


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest, with the same keys as every other sealed value."""

    def encrypt(self, text):
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self):
        return "Issuing Desk"


def _is_out_of_place(request, user) -> bool:
    """Staff do not sign in on the host of businesses: its pages may stand inside another product's."""
    return bool(user) and user.is_staff and hosts.is_business(request)


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
