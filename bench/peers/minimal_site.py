"""The least code that receives an event honestly: verify the header, insert once, commit, answer."""

import hmac
import json
import os
import time

from bench.peers.database import databases

SECRET_KEY = "only for this benchmark"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = __name__
DATABASES = databases()
USE_TZ = True
LOGGING_CONFIG = None

INSERT = "INSERT INTO event (stripe_id, type, payload) VALUES (%s, %s, %s) ON CONFLICT (stripe_id) DO NOTHING"
SECRET = os.environ["BENCH_SECRET"].encode()


def receive(request):
    """400 for what is not signed, 200 once the event is committed."""
    from django.db import connection
    from django.http import HttpResponse

    body = request.body
    parts = dict(part.split("=", 1) for part in request.headers["Stripe-Signature"].split(","))
    expected = hmac.digest(SECRET, parts["t"].encode() + b"." + body, "sha256").hex()
    if not hmac.compare_digest(expected, parts["v1"]) or abs(time.time() - int(parts["t"])) > 300:
        return HttpResponse(status=400, headers={"Content-Length": "0"})
    event = json.loads(body)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (event["id"], event["type"], body.decode()))
    return HttpResponse(headers={"Content-Length": "0"})


def __getattr__(name):
    """`urlpatterns` and `application` need Django to be set up, which needs this module as settings first."""
    if name == "urlpatterns":
        from django.urls import path

        return [path("webhook/", receive)]
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)
