"""Enrolments, credits, certificates and compliance as rows of files, cut by the reader's list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.exports.registry import Exporter, Piece, Sheet, Wish
from academy.ledger.queries import subjects_between
from academy.people.models import Appointment
from academy.people.queries import appointments_on
from enrollment.certificates.models import Certificate
from enrollment.credits.enums import Duty
from enrollment.credits.models import CreditEntry, Obligation
from enrollment.credits.owed_queries import LATE
from enrollment.seats.models import Enrollment
from enrollment.seats.queries import COLUMNS, PLAIN, shown_to

ENROLLMENT = {name: column for name, column in COLUMNS.items() if name != "court_code"} | {
    "court": F("court__code")
}
CREDIT = {
    "id": F("public_id"),
    "person": F("person__public_id"),
    "course": F("course__code"),
    "run": F("outcome__enrollment__run__public_id"),
}
CERTIFICATE = {
    "id": F("public_id"),
    "person": F("outcome__enrollment__person__public_id"),
    "run": F("outcome__enrollment__run__public_id"),
    "course": F("outcome__enrollment__run__course__code"),
}
OBLIGATION = {
    "person": F("person__public_id"),
    "court": F("serves_at"),
    "requirement": F("requirement__code"),
    "due_on": F("due_day"),
    "state": F("standing"),
}
OF_CREDIT = ("kind", "year", "earned_on", "minutes", "minutes_per_hour", "superseded_at")
OF_CERTIFICATE = ("state", "issued_at", "ended_at")
OF_OBLIGATION = ("first_day", "last_day", "met_on")


def _pieces(
    kind: str,
    rows_for: Callable[[Wish], QuerySet[Any]],
    named: Mapping[str, Any],
    plain: Sequence[str],
    filters: Mapping[str, str],
) -> Callable[[Wish, Any, int], Piece]:
    """The next rows of a table by its key, those only that the wish asks for."""

    def piece(wish: Wish, after: Any, limit: int) -> Piece:
        rows = rows_for(wish).filter(pk__gt=after or 0)
        rows = rows.filter(**{filters[name]: value for name, value in wish.filters.items()})
        if wish.since is not None:
            rows = rows.filter(public_id__in=subjects_between(kind, wish.since, wish.until))
        columns = {f"x_{name}": column for name, column in named.items()}
        found = list(rows.order_by("pk").values("pk", *plain, **columns)[:limit])
        after = found[-1]["pk"] if len(found) == limit else None
        shown = [
            {name.removeprefix("x_"): value for name, value in row.items() if name != "pk"}
            for row in found
        ]
        return Piece(shown, [row["person"] for row in shown], after)

    return piece


def _enrollments(wish: Wish) -> QuerySet[Any]:
    """Of those who see a part only: what took place, as everywhere."""
    return shown_to(wish.projection, Enrollment.objects.all())


def _obligations(_wish: Wish) -> QuerySet[Any]:
    """Who owes what and how it stands today, with the court of the permanent post, else of another.

    Who holds no post now has no court: the obligation stays, no court answers for it.
    """
    now, zone = clock.now(), ZoneInfo(settings.TIME_ZONE)
    posts = appointments_on(now.astimezone(zone).date()).filter(person=OuterRef("person"))
    posts = posts.order_by(Case(When(kind=Appointment.Kind.PERMANENT, then=0), default=1), "id")
    return Obligation.objects.annotate(
        serves_at=Subquery(posts.values("court__code")[:1]),
        due_day=TruncDate("due_at", tzinfo=zone),
        standing=Case(When(state=Duty.OWED, due_at__lt=now, then=Value(LATE)), default="state"),
    )


OF_ENROLLMENT = {"court": "court__code", "run": "run__code", "course": "run__course__code"}
OF_OTHERS = {"year": "year", "court": "outcome__enrollment__court__code"}

ENROLLMENTS = Exporter(
    _("Enrolments"),
    "enrollments:read",
    (
        Sheet(
            "enrollments",
            (*ENROLLMENT, *PLAIN),
            _pieces("enrollment", _enrollments, ENROLLMENT, PLAIN, OF_ENROLLMENT),
            resource="enrollment",
        ),
    ),
    filters=tuple(OF_ENROLLMENT),
    resource="enrollment",
)
CREDITS = Exporter(
    _("Credits"),
    "enrollments:read",
    (
        Sheet(
            "credits",
            (*CREDIT, *OF_CREDIT),
            _pieces("credit", lambda _: CreditEntry.objects.all(), CREDIT, OF_CREDIT, OF_OTHERS),
            resource="credit",
        ),
    ),
    filters=tuple(OF_OTHERS),
    resource="credit",
)
CERTIFICATES = Exporter(
    _("Certificates"),
    "enrollments:read",
    (
        Sheet(
            "certificates",
            (*CERTIFICATE, *OF_CERTIFICATE),
            _pieces(
                "certificate",
                lambda _: Certificate.objects.all(),
                CERTIFICATE,
                OF_CERTIFICATE,
                {"court": "outcome__enrollment__court__code"},
            ),
            resource="certificate",
        ),
    ),
    filters=("court",),
    resource="certificate",
)
COMPLIANCE = Exporter(
    _("Training owed and done"),
    "credits:read",
    (
        Sheet(
            "compliance",
            (*OBLIGATION, *OF_OBLIGATION),
            _pieces(
                "requirement",
                _obligations,
                OBLIGATION,
                OF_OBLIGATION,
                {"court": "serves_at", "requirement": "requirement__code"},
            ),
            resource="compliance",
        ),
    ),
    filters=("court", "requirement"),
    resource="compliance",
    # Days pass without an event: what is owed becomes late, and only a whole file says so.
    is_always_whole=True,
)

# What enrolment offers, by noun; one more line is one more kind of file.
ALL = {
    "enrollments": ENROLLMENTS,
    "credits": CREDITS,
    "certificates": CERTIFICATES,
    "compliance": COMPLIANCE,
}
