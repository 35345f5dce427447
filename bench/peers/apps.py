"""The app that Django admin's models belong to."""

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "bench.peers"
    label = "peers"

    def ready(self):
        from bench.peers import admin_models  # noqa: F401 - registers them
