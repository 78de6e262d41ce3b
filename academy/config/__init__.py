"""The Django project: settings, addresses, workers. Nothing imports it."""

from academy.config.celery import app as celery_app

__all__ = ["celery_app"]
