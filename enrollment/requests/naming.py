"""Whom a list of a court names: people that were ticked, or numbers of the HR system."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from academy.access.queries import Viewer
from academy.core.errors import Invalid
from academy.jobs.matching import guessed
from academy.jobs.rules import Table
from academy.people.imports import fields as people_fields
from academy.people.models import Person
from enrollment.requests import access
from enrollment.requests.nominee_queries import NUMBER


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a list names: people, and what was written there that is nobody's."""

    people: Sequence[Person]
    unknown: Sequence[str] = field(default=())


def named_by_ids(viewer: Viewer, wanted: Sequence[UUID], *, day: date) -> Named:
    """Those of these people whom the viewer may nominate; the others are nobody here."""
    once = list(dict.fromkeys(wanted))
    mine = access.people_to_nominate(viewer, day=day).filter(public_id__in=once)
    found = {person.public_id: person for person in mine}
    unknown = [str(one) for one in once if one not in found]
    return Named([found[one] for one in once if one in found], unknown)


def named_in(viewer: Viewer, table: Table, *, day: date, ticked: Sequence[UUID] = ()) -> Named:
    """Those in a file, by their number in the HR system, after those who were ticked beside it."""
    column = _number_column(table)
    written = [(row.line, row.cells.get(column, "").strip()) for row in table.rows]
    return named_by_numbers(
        viewer,
        [number or _("line %(line)s: empty") % {"line": line} for line, number in written],
        day=day,
        ticked=ticked,
    )


def _number_column(table: Table) -> str:
    """The column with the numbers, by any of the names that offices have for it."""
    known = [one for one in people_fields() if one.code == NUMBER]
    for column, code in guessed(table, known).items():
        if code == NUMBER:
            return column
    sentence = _("The file needs a column “%(column)s” with the numbers of the HR system.")
    raise Invalid("import_columns", sentence % {"column": NUMBER})


def named_by_numbers(
    viewer: Viewer, numbers: Sequence[str], *, day: date, ticked: Sequence[UUID] = ()
) -> Named:
    """Those with these numbers of the HR system whom the viewer may nominate."""
    once = list(dict.fromkeys(numbers))
    mine = access.people_to_nominate(viewer, day=day).filter(external_id__in=once)
    found = {person.external_id: person for person in mine}
    first = named_by_ids(viewer, ticked, day=day)
    people = [*first.people, *(found[one] for one in once if one in found)]
    return Named(people, [*first.unknown, *(one for one in once if one not in found)])
