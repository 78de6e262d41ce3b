"""The arithmetic of an obligation in words, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from academy.core.texts import Texts, pick
from academy.web import dates
from enrollment.credits.enums import Unit
from enrollment.credits.models import Requirement
from enrollment.credits.terms import Standing

KINDS: Mapping[str, Promise] = {
    "course": gettext_lazy("Courses completed"),
    "teaching": gettext_lazy("Teaching"),
    "outside": gettext_lazy("Learning outside the academy"),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of the sum: what it is, how much, and why it is not more."""

    label: str
    amount: str
    why: str = ""
    is_total: bool = False


def amount(number: Decimal, unit: str) -> str:
    """An amount with its unit, in the form that the number asks for."""
    shown = dates.number(number.normalize() if number else Decimal(0))
    count = int(number) if number == int(number) else 2  # a fraction takes the form of "some"
    if unit == Unit.DAYS:
        words = ngettext("%(number)s day of training", "%(number)s days of training", count)
    elif unit == Unit.COURSES:
        words = ngettext("%(number)s course", "%(number)s courses", count)
    else:
        words = ngettext("%(number)s academic hour", "%(number)s academic hours", count)
    return words % {"number": shown}


def sums(
    requirement: Requirement, standing: Standing, topics: Mapping[int, Texts], language: str
) -> list[Sum]:
    """Every step from the norm to what is still owed."""
    unit = requirement.unit
    lines = [Sum(_("The requirement asks for"), amount(standing.asked, unit))]
    lines += _of_period(standing, unit)
    lines += [
        Sum(str(KINDS[line.kind]), amount(line.counted, unit), _capped(line.earned, line.counted))
        for line in standing.kinds
    ]
    if standing.carried:
        lines.append(Sum(_("Carried over from the period before"), amount(standing.carried, unit)))
    why = _made_up(standing.made_up)
    lines.append(Sum(_("Counts altogether"), amount(standing.earned, unit), why, is_total=True))
    lines += list(_of_topics(standing, unit, topics, language))
    lines.append(Sum(_("Still owed"), amount(standing.owed, unit), is_total=True))
    return lines


def _of_period(standing: Standing, unit: str) -> list[Sum]:
    """What of the norm is owed in this period, where that is not all of it."""
    months = standing.months
    if months.held == months.all and not months.exempt:
        return []
    said = []
    if months.held < months.all:
        said.append(
            _("The post was held in %(held)d of the %(all)d months.")
            % {"held": months.held, "all": months.all}
        )
    if months.exempt:
        said.append(_("Months of exemption: %(count)d.") % {"count": months.exempt})
    return [Sum(_("Owed for this period"), amount(standing.needed, unit), " ".join(said))]


def _capped(earned: Decimal, counted: Decimal) -> str:
    if earned == counted:
        return ""
    return _("%(earned)s earned; no more than this counts of this kind.") % {
        "earned": dates.number(earned)
    }


def _made_up(number: int) -> str:
    if not number:
        return ""
    return _("Includes what was made up after the period: %(number)d.") % {"number": number}


def _of_topics(
    standing: Standing, unit: str, topics: Mapping[int, Texts], language: str
) -> Iterator[Sum]:
    for line in standing.topics:
        topic = pick(topics.get(line.topic), language).text
        yield Sum(
            _("Of this in the topic “%(topic)s”") % {"topic": topic},
            amount(line.earned, unit),
            _("at least %(needed)s") % {"needed": amount(line.needed, unit)},
        )
