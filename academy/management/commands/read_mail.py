"""`manage.py read_mail FOLDER`, or a mail on the standard input: what arrives for the sender."""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academy.messages import mailbox


class Command(BaseCommand):
    help = (
        "Reads delivery reports (RFC 3464) and answers of calendars (RFC 5546) from a maildir, or "
        "one mail from the standard input. Mails of other kinds stay unread, for people."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="a maildir; - or nothing: standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or "-"
        if folder == "-":
            words = list(mailbox.take(sys.stdin.buffer.read(mailbox.LARGEST)))
        elif (Path(folder) / "new").is_dir():
            words = mailbox.read_maildir(Path(folder))
        else:
            raise CommandError(f"{folder} is no maildir: it has no folder new.")
        counted = ", ".join(f"{number} {word}" for word, number in sorted(Counter(words).items()))
        self.stdout.write(counted or "nothing")
