"""`manage.py read_returned FOLDER`, or a mail on the standard input: what servers send back."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academy.messages import bounces


class Command(BaseCommand):
    help = "Reads delivery reports (RFC 3464) from a maildir, or one from the standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="a maildir; - or nothing: standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or "-"
        if folder == "-":
            changed = bounces.take(sys.stdin.buffer.read(bounces.LARGEST))
        elif (Path(folder) / "new").is_dir():
            changed = bounces.read_maildir(Path(folder))
        else:
            raise CommandError(f"{folder} is no maildir: it has no folder new.")
        self.stdout.write(f"{changed} messages came back")
