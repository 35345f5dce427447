"""How sign-in behaves here, where django-allauth leaves the choice to the product."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from desk.addresses import client_ip


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation only, and their address counts only as far as our proxies vouch for it."""

    def is_open_for_signup(self, request):
        return False

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


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
