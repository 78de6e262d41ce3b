"""Commands in processes of their own that are killed on the way: kill -9, nothing is cleaned up.

Arguments: a JSON list of [command, keyword arguments, steps]. Each command runs in child after
child; the first dies before its first statement, the next before its second, until one reaches the
end of its transaction and dies there, everything being written but not committed. With `steps`
false only that last one is run. Prints, for each command, how its children ended.
"""

import json
import os
import signal
import sys
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from academy.core.actor import Actor  # noqa: E402
from enrollment.requests import (  # noqa: E402
    actions,
    pool_actions,
    run_actions,
    run_changes,
    timers,
    transfers,
)

ACTOR = Actor.system("tests")
ROOMS = (actions, run_actions, run_changes, transfers, pool_actions, timers)
IDS = {"run", "to_run", "enrollment", "decision"}
MOST_STEPS = 60
LAST = signal.SIGTERM


def die(how=signal.SIGKILL):
    """At once, whatever is open."""
    os.kill(os.getpid(), how)
    signal.pause()


class Death:
    """The slot of an idempotency key: its write is the last of a command."""

    def keep(self, _result):
        """Everything is written now; nothing is committed."""
        die(LAST)


def before_statement(number):
    """Kills this process when it is about to send that statement."""
    sent = [0]

    def wrapper(execute, sql, params, many, context):
        sent[0] += 1
        if sent[0] == number:
            die()
        return execute(sql, params, many, context)

    return wrapper


def child(command, arguments, step):
    """Run the command in a child that dies before this statement, or (0) at the very end."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    signal.signal(LAST, signal.SIG_DFL)
    action = next(getattr(room, command) for room in ROOMS if hasattr(room, command))
    values = {key: UUID(value) if key in IDS else value for key, value in arguments.items()}
    try:
        with connection.execute_wrapper(before_statement(step)):
            action(**values, actor=ACTOR, keyed=Death())
    finally:
        os._exit(1)


def ends(command, arguments, steps):
    """How the children ended, one step further each."""
    if not steps:
        return [child(command, arguments, 0)]
    found = []
    for step in range(1, MOST_STEPS):
        found.append(child(command, arguments, step))
        if found[-1] != signal.SIGKILL:
            break
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps([ends(*call) for call in json.loads(sys.argv[1])]))
