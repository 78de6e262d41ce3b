"""`manage.py check_invariants`: ask the database whether every promise of enrolment is kept."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academy.core import clock
from enrollment.seats.invariants import check_all


class Command(BaseCommand):
    help = "Check every invariant of enrolment; fails when one is broken and says how to mend it."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per invariant."""
        findings = check_all(now=clock.now())
        for finding in findings:
            mark = "holds " if finding.holds else f"BROKEN {finding.count}"
            self.stdout.write(f"{mark:10} {finding.invariant.code}: {finding.invariant.says}")
            if not finding.holds:
                self.stdout.write(f"           rows {list(finding.sample)}")
                self.stdout.write(f"           {finding.invariant.repair}")
        if not all(finding.holds for finding in findings):
            raise CommandError("An invariant is broken.")
