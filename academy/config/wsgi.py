"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
django_application = get_wsgi_application()

from academy.config import wakeup  # noqa: E402 - Django must be set up first
from academy.config.celery import app  # noqa: E402
from academy.rest.admission import Admission  # noqa: E402

application = Admission(django_application)
wakeup.install(app)
