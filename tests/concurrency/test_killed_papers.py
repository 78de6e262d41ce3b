"""A worker killed over the papers of a large run leaves whole files, and the next goes on."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from academy.core import clock
from enrollment.trips import printing
from enrollment.trips.actions import ask_files, issue
from enrollment.trips.models import TripBatch, TripFile
from tests.concurrency.test_delivery import ROOT
from tests.concurrency.test_killed import wait_for_the_server
from tests.enrollment.trips.test_trips import run  # noqa: F401
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

DYING = """
import os, signal, django
django.setup()
from enrollment.trips import printing, queries
queries.AT_ONCE = 1
note = printing.clock.now
def die(*_):
    if printing.TripFile.objects.count() == 2:  # written in this transaction, not committed
        os.kill(os.getpid(), signal.SIGKILL)
    return note()
printing.clock.now = die
printing.write_all()
"""


def test_a_killed_worker_leaves_whole_files_and_the_next_writes_the_rest(
    run,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr("enrollment.trips.queries.AT_ONCE", 1)
    batch = ask_files(run=run, papers=issue_all(run), actor=ACTOR)

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
    assert list(TripFile.objects.values_list("number", flat=True)) == [1]
    assert printing.write_all() == 0  # the dead one's lease still runs
    with time_machine.travel(clock.now() + printing.LEASE + timedelta(seconds=1)):
        assert printing.write_all() == 1
    row = TripBatch.objects.select_related("job").get(pk=batch.pk)
    assert (row.job.state, row.job.done, row.files.count()) == ("done", 2, 2)


def issue_all(run):  # noqa: F811
    return issue(run=run.public_id, actor=ACTOR)
