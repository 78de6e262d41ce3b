"""A worker as it is really run, with its broker taken away and its children killed."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter

import psutil
import pytest
from django.db import connection

from academy.config.celery import app
from academy.config.children import worker
from academy.messages.models import Outgoing
from tests.concurrency.test_delivery import ROOT, confirmed, states  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof, pytest.mark.timeout(240)]


@contextlib.contextmanager
def running(post_office, tmp_path):
    database = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
        "DB_POOL_SIZE": "2",
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            worker(), env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)


def wait_until(condition, seconds=60):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_child_that_is_killed_gives_its_task_back(confirmed, post_office, tmp_path):  # noqa: F811
    """reject_on_worker_lost: the task comes back at once; the lease keeps its mails for a while."""
    victim, killed = confirmed[3], []

    def kill(address):
        if address == victim and not killed:
            for child in psutil.Process(process.pid).children(recursive=True):
                killed.append(child.pid)
                child.kill()
        return "250 OK"

    post_office.at_recipient = kill
    with running(post_office, tmp_path) as process:
        app.send_task("messages.deliver")
        wait_until(lambda: killed)
        Outgoing.objects.filter(lease_until__isnull=False).update(lease_until="2020-01-01T00:00Z")
        wait_until(lambda: states() == {"sent": len(confirmed)})

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)


def test_a_broker_that_forgets_everything_costs_one_beat(confirmed, post_office, tmp_path):  # noqa: F811
    with running(post_office, tmp_path):
        app.send_task("messages.read_returned")
        with app.connection_for_write() as broker:
            wait_until(broker.default_channel.client.client_list)
            broker.default_channel.client.client_kill_filter(_type="normal", skipme=True)
            broker.default_channel.client.flushdb()
        app.send_task("messages.deliver")  # the next beat
        wait_until(lambda: states() == {"sent": len(confirmed)})

    assert Counter(post_office.recipients) == dict.fromkeys(confirmed, 1)
