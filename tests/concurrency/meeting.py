"""Two commands that meet in one moment: one waits before the lock that the other holds."""

import threading
import time

from django.db import connection, transaction

from academy.core.errors import Refused
from tests.concurrency.racing import race

WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def wait_until_blocked(sessions=1):
    """Until so many other sessions stand before a lock."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else one look lasts the transaction
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= sessions:
                return
        time.sleep(0.005)
    raise AssertionError("nobody waits")


def while_it_waits(change, command):
    """What the command answers when it began before the change was committed."""
    begun = threading.Event()

    def first():
        with transaction.atomic():
            change()
            begun.set()
            wait_until_blocked()

    def second():
        begun.wait(60)
        return command()

    done, answer = race([first, second])
    assert done is None
    return answer


def refusals(answers):
    """The codes of the refusals; any other exception is a failure."""
    wrong = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)]
    assert wrong == []
    return [answer.code for answer in answers if isinstance(answer, Refused)]
