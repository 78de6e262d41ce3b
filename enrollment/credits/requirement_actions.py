"""The registrar's hand: requirements are added and edited, people are exempted by an authority."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Forbidden, Invalid, Missing, Refused, Stale
from academy.ledger.actions import Fact, record
from academy.people.models import Person
from courses.catalogue.enums import AudienceBasis
from courses.catalogue.models import Audience, Course, Organisation, Topic
from enrollment.credits import locks, reckoning
from enrollment.credits.enums import Basis, Relief, ReliefReason, Unit
from enrollment.credits.models import CreditEntry, Exemption, Requirement, TopicMinimum


@dataclass(frozen=True, slots=True)
class RequirementDraft:
    """What the registrar says about a requirement; lists by their codes, amounts in the unit."""

    names: Mapping[str, str]
    audience: str
    unit: Unit
    amount: Decimal
    valid_from: date
    basis: Basis = Basis.CYCLE
    years: int = 1
    months: int = 6
    hours_per_day: Decimal = Decimal(8)
    first_only: bool = False
    prorates: bool = True
    caps: Mapping[str, Decimal] = field(default_factory=dict)
    minimums: Mapping[str, Decimal] = field(default_factory=dict)
    courses: Sequence[str] = ()
    carry_cap: Decimal = Decimal(0)
    grace_days: int = 0
    valid_until: date | None = None

    @classmethod
    def from_document(cls, item: Mapping[str, Any]) -> "RequirementDraft":
        """One entry of `seeds/reference/requirements.json`, without its code."""
        days = {
            name: date.fromisoformat(item[name])
            for name in ("valid_from", "valid_until")
            if item.get(name)
        }
        amounts = {
            name: Decimal(str(item[name]))
            for name in ("amount", "hours_per_day", "carry_cap")
            if name in item
        }
        maps = {
            name: {code: Decimal(str(most)) for code, most in item[name].items()}
            for name in ("caps", "minimums")
            if name in item
        }
        rest = {name: value for name, value in item.items() if name != "code"}
        return cls(**{**rest, **days, **amounts, **maps})


LISTS = frozenset({"audience", "courses", "minimums", "caps"})


def add_requirement(
    *, code: str, draft: RequirementDraft, actor: Actor, at: datetime | None = None
) -> Requirement:
    """A new requirement; who owes it is reckoned within a minute.

    Refuses a code that is taken, and what makes no sense: see `check`.
    """
    found = _resolved(draft)
    at = at or clock.now()
    with transaction.atomic(durable=True):
        if Requirement.objects.filter(code=code).exists():
            raise _wrong("code_taken", "code", _("There is a requirement with this code already."))
        row = Requirement(code=code, changed_at=at)
        _write(row, draft, found)
        record([_fact("requirement.added", row)], actor=actor, at=at)
    return row


def edit_requirement(
    *, code: str, revision: int, draft: RequirementDraft, actor: Actor, at: datetime | None = None
) -> Requirement:
    """Say a requirement otherwise. It is reckoned anew for everybody, past periods included: a norm
    that changes from a day on is ended on the day before, and another one begins.

    Refuses when somebody else has edited it since it was read.
    """
    found = _resolved(draft)
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locks.locked_requirement(code)
        if row.revision != revision:
            raise Stale("stale", _("Somebody changed this meanwhile; read it again."))
        row.revision, row.changed_at, row.reckon_after = row.revision + 1, at, 0
        _write(row, draft, found)
        record([_fact("requirement.changed", row)], actor=actor, at=at)
    return row


def install_requirements(
    seeds: Mapping[str, RequirementDraft], *, actor: Actor, at: datetime
) -> int:
    """Add the requirements that are not there yet; how many. What was edited stays."""
    present = set(Requirement.objects.values_list("code", flat=True))
    new = {code: draft for code, draft in seeds.items() if code not in present}
    for code, draft in new.items():
        add_requirement(code=code, draft=draft, actor=actor, at=at)
    return len(new)


def check(draft: RequirementDraft) -> None:
    """Refuse a requirement that cannot be met or reckoned, with the field to mend."""
    if texts.missing(draft.names):
        raise _wrong("names_missing", "names", _("A requirement has a name in every language."))
    if draft.amount <= 0:
        raise _wrong("amount", "amount", _("An amount is greater than zero."))
    if draft.years < 1 or draft.months < 1 or draft.grace_days < 0 or draft.carry_cap < 0:
        raise _wrong("period", "years", _("A period has a length, and nothing less than zero."))
    if draft.valid_until and draft.valid_until < draft.valid_from:
        raise _wrong("period", "valid_until", _("The last day comes before the first."))
    _check_lists(draft)


def _check_lists(draft: RequirementDraft) -> None:
    if draft.unit == Unit.COURSES:
        _check_list(draft)
    elif draft.courses:
        raise _wrong("courses", "courses", _("Courses are listed where courses are counted."))
    if any(most > draft.amount for most in draft.minimums.values()):
        raise _wrong("minimum", "minimums", _("A topic cannot ask for more than the whole."))
    if unknown := set(draft.caps) - set(CreditEntry.Kind.values):
        sentence = _("Unknown: %(codes)s.") % {"codes": ", ".join(sorted(unknown))}
        raise _wrong("unknown_code", "caps", sentence)


def _check_list(draft: RequirementDraft) -> None:
    if draft.amount > len(set(draft.courses)) or draft.amount != int(draft.amount):
        raise _wrong("courses", "courses", _("The list has fewer courses than are asked for."))
    if draft.minimums or draft.caps or draft.carry_cap:
        sentence = _("Topics, caps and carrying over are for hours and days, not for a list.")
        raise _wrong("courses", "courses", sentence)


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows behind the codes."""

    audience: Audience
    courses: Sequence[int]
    topics: Mapping[str, int]


def _resolved(draft: RequirementDraft) -> _Found:
    check(draft)
    audience = Audience.objects.filter(code=draft.audience, basis=AudienceBasis.POST).first()
    if audience is None:
        unfit = _("Choose an audience that is known by the post.")
        raise _wrong("unknown_code", "audience", unfit)
    courses = dict(Course.objects.filter(code__in=draft.courses).values_list("code", "pk"))
    topics = dict(Topic.objects.filter(code__in=draft.minimums).values_list("code", "pk"))
    for name, wanted, known in (
        ("courses", set(draft.courses), courses),
        ("minimums", set(draft.minimums), topics),
    ):
        if unknown := sorted(wanted - set(known)):
            sentence = _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)}
            raise _wrong("unknown_code", name, sentence)
    return _Found(audience, list(courses.values()), topics)


def _write(row: Requirement, draft: RequirementDraft, found: _Found) -> None:
    for name, value in asdict(draft).items():
        if name not in LISTS:
            setattr(row, name, value)
    row.audience = found.audience
    row.caps = {kind: str(most) for kind, most in draft.caps.items()}
    row.save()
    row.courses.set(found.courses)
    row.minimums.all().delete()
    TopicMinimum.objects.bulk_create(
        TopicMinimum(requirement=row, topic_id=found.topics[code], amount=amount)
        for code, amount in draft.minimums.items()
    )


def grant_exemption(
    *,
    requirement: str,
    person: UUID,
    kind: Relief,
    first_day: date,
    last_day: date,
    reason: ReliefReason,
    granted_by: str,
    actor: Actor,
    at: datetime | None = None,
) -> Exemption:
    """Relieve somebody for a time, as an authority of this judiciary decided; reckoned at once.

    Refuses to relieve oneself, a body that is not of this judiciary, and days in the wrong order.
    """
    if last_day < first_day:
        raise _wrong("period", "last_day", _("The last day comes before the first."))
    authority = Organisation.objects.filter(code=granted_by, is_own=True).first()
    if authority is None:
        raise _wrong("unknown_code", "granted_by", _("Choose the authority that decided."))
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locks.locked_requirement(requirement)
        who = Person.objects.filter(public_id=person, left_on__isnull=True).first()
        if who is None:
            raise _wrong("unknown_person", "person", _("There is no such person."))
        if actor.person == who.public_id:
            raise Forbidden("own_exemption", _("Nobody is exempted by their own hand."))
        made = Exemption.objects.create(
            person=who,
            requirement=row,
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
            granted_by=authority,
            granted_at=at,
        )
        record([_exemption_fact("exemption.granted", made)], actor=actor, at=at)
        reckoning.reckon(people=[who.pk], now=at)
    return made


def end_exemption(*, exemption: UUID, actor: Actor, at: datetime | None = None) -> Exemption:
    """Take an exemption back: it counts no more, also for the past. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        rows = Exemption.objects.select_for_update(of=("self",))
        rows = rows.select_related("person", "requirement", "granted_by")
        row = rows.filter(public_id=exemption).first()
        if row is None:
            raise Missing("unknown_exemption", _("There is no such exemption."))
        if actor.person == row.person.public_id:
            raise Forbidden("own_exemption", _("Nobody is exempted by their own hand."))
        if row.ended_at is None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            record([_exemption_fact("exemption.ended", row)], actor=actor, at=at)
            reckoning.reckon(people=[row.person_id], now=at)
    return row


def _wrong(code: str, field_name: str, sentence: object) -> Refused:
    return Invalid(code, sentence, fields={field_name: [sentence]})


def _fact(verb: str, row: Requirement) -> Fact:
    data = {
        "code": row.code,
        "unit": row.unit,
        "amount": str(row.amount),
        "basis": row.basis,
        "valid_from": str(row.valid_from),
        "valid_until": str(row.valid_until or ""),
        "revision": row.revision,
    }
    return Fact(verb, "requirement", row.public_id, context_id=row.public_id, data=data)


def _exemption_fact(verb: str, row: Exemption) -> Fact:
    data = {
        "requirement": row.requirement.code,
        "kind": row.kind,
        "from": str(row.first_day),
        "to": str(row.last_day),
        "granted_by": row.granted_by.code,
    }
    return Fact(
        verb,
        "exemption",
        row.public_id,
        context_id=row.requirement.public_id,
        person_id=row.person.public_id,
        data=data,
        reason=row.reason,
    )
