"""A project that receives Stripe's events by dj-stripe and has nothing else to do. Settings, URLs and WSGI in one."""

import os

from bench.peers.database import databases

SECRET_KEY = "only for this benchmark"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "djstripe"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = __name__
DATABASES = databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = "sk_test_onlyForThisBenchmark00000000"
STRIPE_API_HOST = os.environ["BENCH_STRIPE"]
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
LOGGING_CONFIG = None
# Its tables are made at once: replaying its migrations takes longer than measuring it.
MIGRATION_MODULES = {"djstripe": None, "auth": None, "contenttypes": None}


def __getattr__(name):
    """`urlpatterns` and `application` need Django to be set up, which needs this module as settings first."""
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("stripe/", include("djstripe.urls", namespace="djstripe"))]
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)
