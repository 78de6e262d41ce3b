"""Pools of seats in words: for the desk by name, for a person as "of your court"."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from academy.core.texts import Texts, pick
from academy.web import dates, names
from courses.planning.enums import PoolScope

CATEGORIES: dict[str, Promise] = {
    "judge": gettext_lazy("judges"),
    "staff": gettext_lazy("court staff"),
    "other": gettext_lazy("other posts"),
}


def group(scope: str, value: str = "", texts: Texts | None = None) -> str:
    """Whom a pool is kept for: the court's or region's name, a category, a language group."""
    match scope:
        case PoolScope.EVERYONE:
            return _("everyone")
        case PoolScope.CATEGORY:
            return str(CATEGORIES.get(value, value))
        case PoolScope.LANGUAGE:
            return _("those who are taught in %(language)s") % {"language": names.language(value)}
        case _:
            return pick(texts, translation.get_language() or "en").text


def taken(scope: str, value: str, *, taken: int, seats: int) -> str:
    """How full a person's pool is."""
    shown = {"taken": taken, "seats": seats, "group": group(scope, value)}
    match scope:
        case PoolScope.COURT:
            words = ngettext(
                "%(taken)s of %(seats)s seat of your court is taken",
                "%(taken)s of %(seats)s seats of your court are taken",
                seats,
            )
        case PoolScope.REGION:
            words = ngettext(
                "%(taken)s of %(seats)s seat of your region is taken",
                "%(taken)s of %(seats)s seats of your region are taken",
                seats,
            )
        case PoolScope.EVERYONE:
            words = ngettext(
                "%(taken)s of %(seats)s seat for everyone is taken",
                "%(taken)s of %(seats)s seats for everyone are taken",
                seats,
            )
        case _:
            words = ngettext(
                "%(taken)s of %(seats)s seat is taken (%(group)s)",
                "%(taken)s of %(seats)s seats are taken (%(group)s)",
                seats,
            )
    return words % shown


def released(free: int, to: str, at: datetime, zone: str) -> str:
    """What becomes of the free ones, and when."""
    shown = {"free": free, "day": dates.day(at.astimezone(ZoneInfo(zone)).date())}
    if to == PoolScope.REGION:
        words = ngettext(
            "%(free)s is released to the region on %(day)s",
            "%(free)s are released to the region on %(day)s",
            free,
        )
    else:
        words = ngettext(
            "%(free)s is released to everyone on %(day)s",
            "%(free)s are released to everyone on %(day)s",
            free,
        )
    return words % shown
