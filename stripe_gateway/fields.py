"""Values encrypted at rest, with keys of their own that can be rotated."""

import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def _fernet() -> MultiFernet:
    if not settings.FIELD_ENCRYPTION_KEYS:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is blank; see .env.example.")
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def blind_index(value: str) -> str:
    """A keyed hash (hex) by which an encrypted value is found again. The oldest key makes it, so rotation keeps it."""
    return hmac.new(settings.FIELD_ENCRYPTION_KEYS[-1].encode(), value.encode(), hashlib.sha256).hexdigest()


class SealedTextField(models.TextField):
    """Text that is ciphertext in the database. Cannot be searched: keep a `blind_index` beside it for that."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else _fernet().encrypt(value.encode()).decode()

    def from_db_value(self, value, expression, connection):
        if value in (None, ""):
            return value
        try:
            return _fernet().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured("A sealed value does not open with any of FIELD_ENCRYPTION_KEYS.") from error


class SealedJSONField(SealedTextField):
    """JSON that is ciphertext in the database."""

    def get_prep_value(self, value):
        return None if value is None else super().get_prep_value(json.dumps(value, sort_keys=True))

    def from_db_value(self, value, expression, connection):
        text = super().from_db_value(value, expression, connection)
        return None if text is None else json.loads(text)
