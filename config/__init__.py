"""Wiring only: settings, paths, the Celery app, and the tables that name handlers by dotted path."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
