"""Workers in processes of their own, each a fork of this one, to be killed while they deliver.

Reads a moment, forks, prints the child's number; at the next line the child begins to deliver as if
it were that moment. Prints how it ended.
"""

import os
import sys
from datetime import datetime

import django
import time_machine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
django.setup()

from academy.messages import delivery  # noqa: E402 - Django must be set up first


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def born(moment: str, begin: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.read(begin, 1)
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            delivery.deliver()
    finally:
        os._exit(0)


def main() -> None:
    while moment := sys.stdin.readline():
        begin, go = os.pipe()
        pid = born(moment.strip(), begin)
        say(pid)
        sys.stdin.readline()
        os.write(go, b"!")
        _pid, status = os.waitpid(pid, 0)
        os.close(begin)
        os.close(go)
        say(status)


if __name__ == "__main__":
    main()
