"""The real courses of the seeds, loaded once for all tests of the search and undone after them."""

import pytest
from django.db import transaction

from academy.core import clock
from academy.core.actor import Actor
from academy.management.seeding import institution

SEED = Actor.system("seed")


@pytest.fixture(scope="package")
def _real_catalogue(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # durable actions may run inside, as in Django's own TestCase
        with outer:
            institution.load_institution()
            institution.load_courses(actor=SEED, at=clock.now())
            yield
            transaction.set_rollback(True)


@pytest.fixture
def real_catalogue(_real_catalogue, db):
    """146 published courses, 141 of them in the catalogue."""
