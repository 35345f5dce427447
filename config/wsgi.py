import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from desk.guards import refuse_unsafe_start  # noqa: E402 - models can be asked only once Django is set up

refuse_unsafe_start()
