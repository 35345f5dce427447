"""A project whose background tasks stand in its database, by django-tasks-db. Settings only."""

from bench.peers.database import databases

SECRET_KEY = "only for this benchmark"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_tasks", "django_tasks_db"]
DATABASES = databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
USE_TZ = True
LOGGING_CONFIG = None
