"""People and their posts from HR's file: plan row by row, then do it whole or not at all.

Columns: family_name, given_name and optionally external_id, iin (one of the two must be there),
patronymic, email, language, in_service_since, left_on (the last day of service), and for a post
court, position, appointment_kind (permanent, acting, secondment), appointed_on, appointed_until
(the last day in the post). Several lines may name one person: each adds a post. A column that the
file does not have changes nothing; an identification number is never shown whole and never erased.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.keyed import Keyed
from academy.courts.models import Court, Position
from academy.jobs.matching import Field
from academy.jobs.rules import (
    ImportPlan,
    Row,
    RowOutcome,
    RowPlan,
    RowReader,
    Table,
    check_clean,
    check_columns,
    shown,
)
from academy.people import rules, secrets
from academy.people.actions import PersonEntry, facts_of, load_people
from academy.people.models import Appointment, Person
from academy.people.rules import PersonFacts, Post

PERMANENT = Appointment.Kind.PERMANENT
TEXTS = ("family_name", "given_name", "patronymic", "email", "language")
COLUMNS = (
    *("external_id", "iin", *TEXTS, "in_service_since", "left_on"),
    *("court", "position", "appointment_kind", "appointed_on", "appointed_until"),
)
LABELS = {
    "external_id": _("Number in the HR system|Personnel number|HR number"),
    "iin": _("Individual identification number|IIN"),
    "family_name": _("Family name|Surname|Last name"),
    "given_name": _("Given name|First name"),
    "patronymic": _("Patronymic|Middle name"),
    "email": _("E-mail|E-mail address"),
    "language": _("Language of letters|Language"),
    "in_service_since": _("In service since|First day of service"),
    "left_on": _("Last day of service|Left on"),
    "court": _("Code of the court|Court code|Court"),
    "position": _("Code of the post|Post|Position"),
    "appointment_kind": _("Kind of appointment"),
    "appointed_on": _("First day in the post|Appointed on|Date of appointment"),
    "appointed_until": _("Last day in the post|Appointed until"),
}
IIN_PROBLEMS = {
    "digits": _("An identification number has digits only."),
    "length": _("An identification number has twelve digits. In Excel, format the column as text."),
    "organisation": _("This is the number of an organisation, not of a person."),
    "check_digit": _("The check digit is wrong; a digit was mistyped."),
}


@dataclass(slots=True)
class Known:
    """What is there already; grows while the file is read, so that later lines see earlier ones."""

    courts: frozenset[str]
    positions: frozenset[str]
    by_external_id: dict[str, PersonEntry] = field(default_factory=dict)
    by_iin: dict[str, PersonEntry] = field(default_factory=dict)
    said: dict[str, tuple[int, PersonFacts]] = field(default_factory=dict)

    def add(self, entry: PersonEntry) -> None:
        """Remember a person under both keys."""
        if entry.facts.external_id:
            self.by_external_id[entry.facts.external_id] = entry
        if entry.facts.iin_hash:
            self.by_iin[entry.facts.iin_hash] = entry


def fields() -> list[Field]:
    """The columns as people know them."""
    known: dict[str, type[Court | Position]] = {"court": Court, "position": Position}
    must = {"family_name", "given_name"}
    return [
        Field(code, LABELS[code], code in must, _codes_of(known[code]) if code in known else None)
        for code in COLUMNS
    ]


def _codes_of(listed: type[Court | Position]) -> Callable[[], frozenset[str]]:
    return lambda: frozenset(listed.objects.values_list("code", flat=True))


def plan_people(table: Table) -> ImportPlan[PersonEntry]:
    """What importing this table would do. Changes nothing."""
    check_columns(table, required=("family_name", "given_name"), known=COLUMNS)
    known = _known(table)
    return ImportPlan("people", tuple(_plan_row(row, table, known) for row in table.rows), table)


def apply(
    plan: ImportPlan[PersonEntry],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[PersonEntry]:
    """Import the planned people; answers what was really done.

    The plan is made again under the transaction, because people may have changed since it was
    shown. Refused as a whole when any row is bad.
    """
    with transaction.atomic(durable=True):
        fresh = plan_people(plan.table)
        check_clean(fresh)
        load_people(entries=last_words(fresh), actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(fresh)
    return fresh


def last_words(plan: ImportPlan[PersonEntry]) -> list[PersonEntry]:
    """One entry for each person: what the last of their lines leads to."""
    return list({_key_of(entry.facts): entry for entry in plan.entries()}.values())


def _key_of(facts: PersonFacts) -> str:
    return facts.external_id or facts.iin_hash


def _known(table: Table) -> Known:
    numbers = {row.cells.get("iin", "") for row in table.rows} - {""}
    people = Person.objects.filter(
        external_id__in={row.cells.get("external_id", "") for row in table.rows}
    ) | Person.objects.filter(
        iin_hash__in=[secrets.lookup_hash(number) for number in numbers if number.isascii()]
    )
    known = Known(
        courts=frozenset(Court.objects.values_list("code", flat=True)),
        positions=frozenset(Position.objects.values_list("code", flat=True)),
    )
    held: dict[int, list[Post]] = {}
    rows = Appointment.objects.filter(person__in=people.values("pk"))
    for row in rows.select_related("court", "position").order_by("person_id", "period"):
        held.setdefault(row.person_id, []).append(_post_of(row))
    for person in people:
        posts = tuple(held.get(person.pk, ()))
        known.add(PersonEntry(facts_of(person), posts, person=person.pk))
    return known


def _post_of(row: Appointment) -> Post:
    last = row.period.upper and row.period.upper - timedelta(days=1)
    return Post(row.court.code, row.position.code, row.kind, row.period.lower, last)


def _plan_row(row: Row, table: Table, known: Known) -> RowPlan[PersonEntry]:
    reader = RowReader(row)
    external_id = reader.text("external_id", longest=64)
    iin = _iin(reader)
    before = _match(reader, external_id, iin, known)
    facts = _facts(reader, table, before, external_id, iin)
    post = _post(reader, known)
    posts = _posts(reader, before, post, facts)
    key = external_id or (rules.masked(iin) if iin else "")
    _check_one_story(reader, facts, known)
    if reader.problems:
        return RowPlan(row.line, key, RowOutcome.ERROR, {}, tuple(reader.problems))
    entry = PersonEntry(facts, posts, iin, before.person if before else None)
    known.add(entry)
    known.said.setdefault(_key_of(facts), (row.line, facts))
    changes = _changes(before, entry)
    if before and not changes:
        return RowPlan(row.line, key, RowOutcome.UNCHANGED, entry=entry)
    is_new = before is None or before.person is None
    outcome = RowOutcome.NEW if is_new else RowOutcome.CHANGED
    return RowPlan(row.line, key, outcome, changes, entry=entry)


def _iin(reader: RowReader) -> str:
    value = reader.text("iin")
    if value and (problem := rules.iin_problem(value)):
        reader.refuse("iin", IIN_PROBLEMS[problem])
        return ""
    return value


def _match(reader: RowReader, external_id: str, iin: str, known: Known) -> PersonEntry | None:
    if not external_id and not iin:
        reader.refuse("external_id", _("Name the person by external_id or iin."))
    by_id = known.by_external_id.get(external_id)
    by_iin = known.by_iin.get(secrets.lookup_hash(iin)) if iin else None
    if by_iin and external_id and by_iin.facts.external_id not in ("", external_id):
        reader.refuse("iin", _("This number belongs to another person."))
    if by_id and iin and by_id.facts.iin_hash not in ("", secrets.lookup_hash(iin)):
        reader.refuse("iin", _("This person has another number."))
    return by_id or by_iin


def _facts(
    reader: RowReader, table: Table, before: PersonEntry | None, external_id: str, iin: str
) -> PersonFacts:
    base = before.facts if before else PersonFacts("", "", "", language=settings.LANGUAGE_CODE)
    found: dict[str, Any] = {
        "family_name": reader.text("family_name", required=True, longest=120),
        "given_name": reader.text("given_name", required=True, longest=120),
        "patronymic": reader.text("patronymic", longest=120),
        "email": _email(reader),
        "language": reader.code("language", texts.languages()) or base.language,
        "in_service_since": reader.day("in_service_since"),
        "left_on": reader.day("left_on"),
    }
    given = {name: value for name, value in found.items() if name in table.columns}
    return replace(
        base,
        external_id=external_id or base.external_id,
        iin_hash=secrets.lookup_hash(iin) if iin else base.iin_hash,
        **given,
    )


def _email(reader: RowReader) -> str:
    value = reader.text("email", longest=254)
    if value:
        try:
            validate_email(value)
        except ValidationError:
            reader.refuse("email", _("This is not an e-mail address."))
    return value


def _post(reader: RowReader, known: Known) -> Post | None:
    court = reader.code("court", known.courts)
    position = reader.code("position", known.positions)
    kind = reader.code("appointment_kind", Appointment.Kind.values) or PERMANENT
    starts, ends = reader.day("appointed_on"), reader.day("appointed_until")
    if not (court or position or starts):
        return None
    for column, value in (("court", court), ("position", position), ("appointed_on", starts)):
        if not value and not reader.row.cells.get(column):
            reader.refuse(column, _("A post needs a court, a position and a first day."))
    if starts and ends and ends < starts:
        reader.refuse("appointed_until", _("The post would end before it begins."))
    return Post(court, position, kind, starts, ends) if court and position and starts else None


def _posts(
    reader: RowReader, before: PersonEntry | None, post: Post | None, facts: PersonFacts
) -> tuple[Post, ...]:
    posts = before.posts if before else ()
    if post:
        posts = rules.posts_after(posts, post, permanent=PERMANENT)
    if facts.left_on:
        posts = rules.posts_of_leaver(posts, facts.left_on)
    if rules.permanent_clash(posts, permanent=PERMANENT):
        reader.refuse("appointed_on", _("Another permanent post is held on these days."))
    return posts


def _check_one_story(reader: RowReader, facts: PersonFacts, known: Known) -> None:
    line, said = known.said.get(_key_of(facts), (0, facts))
    if said != facts:
        reader.refuse("", _("Line %(line)s says something else of this person.") % {"line": line})


def _changes(before: PersonEntry | None, after: PersonEntry) -> Mapping[str, tuple[str, str]]:
    changes: dict[str, tuple[str, str]] = {}
    for name in ("external_id", *TEXTS, "in_service_since", "left_on"):
        old = shown(getattr(before.facts, name)) if before else ""
        new = shown(getattr(after.facts, name))
        if old != new:
            changes[name] = (old, new)
    if after.facts.iin_hash != (before.facts.iin_hash if before else ""):
        changes["iin"] = ("", rules.masked(after.iin))
    old_posts = set(before.posts) if before else set()
    for number, post in enumerate(sorted(set(after.posts) - old_posts, key=str)):
        changes[f"post{number + 1}"] = ("", _told(post))
    return changes


def _told(post: Post) -> str:
    last = post.ends_on or "…"
    return f"{post.position} @ {post.court}, {post.starts_on} – {last} ({post.kind})"
