"""Enrolments, credits and certificates as rows of files that leave, cut by the reader's list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.exports.registry import Exporter, Piece, Sheet, Wish
from academy.ledger.queries import subjects_between
from enrollment.certificates.models import Certificate
from enrollment.credits.models import CreditEntry
from enrollment.seats.models import Enrollment
from enrollment.seats.queries import COLUMNS, PLAIN, TO_EVALUATORS

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
OF_CREDIT = ("kind", "year", "earned_on", "minutes", "minutes_per_hour", "superseded_at")
OF_CERTIFICATE = ("state", "issued_at", "ended_at")


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
    rows = Enrollment.objects.all()
    return rows if wish.projection.is_full else rows.filter(state__in=TO_EVALUATORS)


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

# What enrolment offers, by noun; one more line is one more kind of file.
ALL = {"enrollments": ENROLLMENTS, "credits": CREDITS, "certificates": CERTIFICATES}
