"""The changelog of the API: two versions of the schema compared, and what was promised kept."""

import subprocess
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from academy.core import clock
from academy.rest.promises import Change, Promise, changes, promises_of, read

ROOT: Path = settings.BASE_DIR
SCHEMA = "docs/openapi.yaml"
PROMISED = ROOT / "docs/api-promises.txt"
LOG = ROOT / "docs/api-changes.md"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where there is one
ENTRIES = "<!-- The newest first. -->\n"


class Command(BaseCommand):
    help = (
        "Compare two versions of docs/openapi.yaml (files or git revisions); without any, what was "
        "promised with what is there now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("versions", nargs="*", metavar="OLD NEW", help="files or revisions")
        parser.add_argument("--check", action="store_true", help="fail where a promise is broken")
        parser.add_argument("--record", action="store_true", help=f"write {LOG.name} and promise")
        parser.add_argument("--because", default="", help="why a promise has to be broken")

    def handle(self, *args: Any, **options: Any) -> None:
        after = promises_in(*options["versions"][1:])
        found = changes(promised(*options["versions"][:1]), after)
        for one in found:
            self.stdout.write(("BREAKING  " if one.is_breaking else "          ") + one.sentence)
        broken = [one for one in found if one.is_breaking]
        if broken and (options["check"] or (options["record"] and not options["because"])):
            raise CommandError(
                f"{len(broken)} promises to other systems would be broken. Keep them, or record "
                "them with the reason: manage.py api_changes --record --because '...'."
            )
        if options["record"] and found:
            record(found, after, because=options["because"])


def promised(version: str = "") -> list[Promise]:
    """What others rely on: of a version that is named, else what was promised last."""
    if version:
        return promises_in(version)
    return [read(line) for line in PROMISED.read_text(encoding="utf-8").splitlines()]


def promises_in(version: str = "") -> list[Promise]:
    """What a file, or the schema of a git revision, promises; of none, what is there now."""
    version = version or SCHEMA
    if (ROOT / version).is_file():
        text = (ROOT / version).read_text(encoding="utf-8")
    else:
        show = ["git", "show", f"{version}:{SCHEMA}"]
        done = subprocess.run(show, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CommandError(done.stderr.strip())
        text = done.stdout
    return promises_of(yaml.load(text, Loader=LOADER))  # noqa: S506 - both are safe


def record(found: list[Change], after: list[Promise], *, because: str) -> None:
    """Put an entry on top of the changelog; what is there now is promised from here on."""
    lines = [f"- {'**Breaking.** ' * one.is_breaking}{one.sentence}" for one in found]
    reason = [f"{because}\n"] if because else []
    entry = "\n".join([f"\n## {clock.now():%Y-%m-%d}\n", *reason, *lines, ""])
    text = LOG.read_text(encoding="utf-8")
    LOG.write_text(text.replace(ENTRIES, ENTRIES + entry, 1), encoding="utf-8")
    PROMISED.write_text("".join(f"{one.line()}\n" for one in after), encoding="utf-8")
