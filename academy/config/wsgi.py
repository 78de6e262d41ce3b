"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
application = get_wsgi_application()

from academy.config import wakeup  # noqa: E402 - Django must be set up first
from academy.config.celery import app  # noqa: E402

wakeup.install(app)
