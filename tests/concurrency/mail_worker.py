"""A worker in a process of its own, to be killed: `claim` stops with a batch in hand."""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
django.setup()

from academy.messages import delivery, lease  # noqa: E402 - Django must be set up first


def main(task: str) -> None:
    sys.stdout.write(f"{len(lease.claim())}\n" if task == "claim" else "begins\n")
    sys.stdout.flush()
    if task == "claim":
        time.sleep(600)
    delivery.deliver(seconds=30)


if __name__ == "__main__":
    main(sys.argv[1])
