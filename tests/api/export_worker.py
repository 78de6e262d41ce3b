"""A worker that writes exports, in a process of its own: to be measured, and to be killed."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
django.setup()

from academy.exports import writing  # noqa: E402 - Django must be set up first
from academy.exports.models import Export  # noqa: E402


def main() -> None:
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    while Export.objects.filter(job__state__in=writing.OPEN).exists():
        writing.write_exports()


if __name__ == "__main__":
    main()
