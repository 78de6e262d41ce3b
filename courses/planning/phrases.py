"""Trainers and places that are asked for twice, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from academy.core.texts import Texts, pick
from academy.web import dates


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody or some place that two runs want at the same hours."""

    trainer: str  # the name; empty for a place
    venue: Texts | None
    run: str  # the other run's code
    starts_at: datetime
    time_zone: str

    @property
    def sentence(self) -> str:
        """Who or what, by which run, and when."""
        shown = {"run": self.run, "when": dates.moment(self.starts_at, self.time_zone)}
        if self.trainer:
            shown["name"] = self.trainer
            return _("%(name)s teaches %(run)s at the same time: %(when)s.") % shown
        shown["name"] = pick(self.venue, translation.get_language() or "en").text
        return _("%(name)s is taken by %(run)s at the same time: %(when)s.") % shown


@dataclass(frozen=True, slots=True)
class OffDay:
    """A meeting on a day on which the courts do not work."""

    day: date
    names: Texts | None  # of the holiday; none for an ordinary weekend

    @property
    def sentence(self) -> str:
        """Which day, and why nobody works then."""
        shown = {"day": dates.day(self.day)}
        if not self.names:
            return _("%(day)s is a day of the weekend.") % shown
        shown["name"] = pick(self.names, translation.get_language() or "en").text
        return _("%(day)s is a day off: %(name)s.") % shown
