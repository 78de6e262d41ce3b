"""A worker killed in the middle of a list leaves whole slices, and the next one does the rest."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from academy.core import clock
from academy.core.actor import Actor
from academy.jobs import carrying, uploads
from academy.jobs.models import Upload
from academy.ledger.models import Event
from academy.people.models import Person
from tests.concurrency.test_delivery import ROOT
from tests.concurrency.test_killed import wait_for_the_server

pytestmark = pytest.mark.django_db(transaction=True)

DYING = """
import os, signal, django
django.setup()
from dataclasses import replace
from academy.jobs import carrying, registry
registry.register("people", replace(registry.importer_of("people"), slice=2))
keep, kept = carrying._Progress.keep, []
def die_in_the_second(self, result):
    keep(self, result)
    kept.append(self)
    if len(kept) == 2:  # everything of it is written, nothing is committed
        os.kill(os.getpid(), signal.SIGKILL)
carrying._Progress.keep = die_in_the_second
carrying.carry_on_all()
"""


def test_rows_are_imported_once_though_a_worker_is_killed(cast):
    content = "family_name;given_name;external_id\n" + "".join(
        f"Омаров{number};Ерлан;HR-{number}\n" for number in range(6)
    )
    actor = Actor.system("tests")
    upload = uploads.receive(
        kind="people", name="a.csv", content=content.encode(), actor=actor, language="ru"
    )
    carrying.at_once(uploads.match(upload, upload.matching))
    uploads.apply(upload)
    before = Person.objects.count()

    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    done = subprocess.run(
        [sys.executable, "-c", DYING],
        env=os.environ
        | {
            "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
            "DJANGO_SETTINGS_MODULE": "academy.config.settings",
        },
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    wait_for_the_server()

    assert done.returncode == -signal.SIGKILL
    assert Upload.objects.get().applied == 2
    assert Person.objects.count() == before + 2
    assert carrying.carry_on_all() == 0  # the dead one's lease still runs
    with time_machine.travel(clock.now() + carrying.LEASE + timedelta(seconds=1)):
        carrying.carry_on_all()
    assert Person.objects.count() == before + 6
    row = Upload.objects.select_related("job").get()
    assert (row.step, row.job.done) == ("over", 6)
    assert row.job.params["done"] == {"new": 6, "changed": 0, "unchanged": 0, "error": 0}
    told = Event.objects.filter(type="person.imported")
    assert told.count() == told.values("subject_id").distinct().count() == 6
