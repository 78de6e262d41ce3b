"""`manage.py read_calendar_replies FOLDER`, or a mail on the standard input: who declined."""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enrollment.calendars import replies


class Command(BaseCommand):
    help = "Reads answers to invitations (METHOD:REPLY) from a maildir, or one mail from stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="a maildir; - or nothing: standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or "-"
        if folder == "-":
            words = replies.take(sys.stdin.buffer.read(replies.LARGEST))
        elif (Path(folder) / "new").is_dir():
            words = replies.read_maildir(Path(folder))
        else:
            raise CommandError(f"{folder} is no maildir: it has no folder new.")
        counted = ", ".join(f"{number} {word}" for word, number in sorted(Counter(words).items()))
        self.stdout.write(f"{len(words)} answers{f': {counted}' if counted else ''}")
