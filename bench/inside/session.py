"""python -m bench.inside.session: makes a member of staff, signs them in, and prints pk and session key."""

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from desk import roles  # noqa: E402
from desk.models import User  # noqa: E402

user = User.objects.create_user("admin@bench.test", is_staff=True, full_name="Ada Admin")
roles.assign(user, "admin")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(user.pk, session.session_key)
