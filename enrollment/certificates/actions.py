"""Issue, revoke, replace: every change of the room."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Organisation
from courses.planning.models import Session
from enrollment.attendance.enums import OutcomeKind
from enrollment.attendance.models import Outcome
from enrollment.certificates import locks, rules
from enrollment.certificates.enums import EndReason
from enrollment.certificates.models import Certificate


def issue_for_outcomes(
    *, outcomes: Sequence[Outcome], at: datetime, actor: Actor
) -> list[Certificate]:
    """Issue a certificate for every completed run among these outcomes; for others none.

    Runs inside the transaction of finalisation and refuses to run outside one. What the paper shows
    is frozen now: a later change of a name or a title does not reach it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Certificates are issued in the transaction of finalisation.")
    completed = [each.pk for each in outcomes if each.outcome == OutcomeKind.COMPLETED]
    return _issue([(outcome, None) for outcome in _loaded(completed)], actor=actor, at=at)


def _issue(
    wanted: Iterable[tuple[Outcome, Certificate | None]], *, actor: Actor, at: datetime
) -> list[Certificate]:
    """Write the certificates, each perhaps in the place of an ended one, and say so."""
    wanted = list(wanted)
    issuer = Organisation.objects.filter(is_issuer=True).first()
    cut = _cut_runs(outcome for outcome, _old in wanted)
    certificates = Certificate.objects.bulk_create(
        Certificate(
            outcome=outcome,
            replaces=old,
            paper=_paper(outcome, issuer=issuer, was_cut=outcome.enrollment.run_id in cut, at=at),
            issued_at=at,
            expires_at=_expires_at(outcome, at),
        )
        for outcome, old in wanted
    )
    facts = [
        _fact(
            "certificate.issued",
            certificate,
            replaces=str(certificate.replaces.public_id) if certificate.replaces else None,
        )
        for certificate in certificates
    ]
    record(facts, actor=actor, at=at)
    return certificates


def _loaded(outcomes: Sequence[int]) -> Iterable[Outcome]:
    """The outcomes with all that the paper shows."""
    rows = Outcome.objects.filter(pk__in=outcomes).order_by("pk")
    return rows.select_related(
        "enrollment__person", "enrollment__run__version", "enrollment__run__course__provider"
    )


def _cut_runs(outcomes: Iterable[Outcome]) -> set[int]:
    """The runs of which sessions were cancelled."""
    runs = {outcome.enrollment.run_id for outcome in outcomes}
    rows = Session.objects.filter(run__in=runs, is_cancelled=True)
    return set(rows.values_list("run_id", flat=True))


def _paper(
    outcome: Outcome, *, issuer: Organisation | None, was_cut: bool, at: datetime
) -> dict[str, object]:
    """What the certificate states; its issuer is the judiciary's own, or else who taught."""
    run = outcome.enrollment.run
    version, zone = run.version, ZoneInfo(run.time_zone)
    paper = rules.Paper(
        person=outcome.enrollment.person.full_name,
        course_code=run.course.code,
        title=version.title,
        run_code=run.code,
        first_day=(run.starts_at or at).astimezone(zone).date(),
        last_day=(run.ends_at or at).astimezone(zone).date(),
        length=rules.length_on_paper(
            hours=version.hours,
            days=version.days,
            minutes_per_hour=version.minutes_per_hour,
            minutes_held=outcome.minutes_planned,
            was_cut=was_cut,
        ),
        issuer=(issuer or run.course.provider).names,
        issued_on=at.astimezone(zone).date(),
        languages=_languages(),
        valid_until=_valid_until(outcome, at),
    )
    return paper.as_json()


def _valid_until(outcome: Outcome, at: datetime) -> date | None:
    run = outcome.enrollment.run
    last_day = (run.ends_at or at).astimezone(ZoneInfo(run.time_zone)).date()
    return rules.valid_until(last_day, run.version.validity_months)


def _expires_at(outcome: Outcome, at: datetime) -> datetime | None:
    until = _valid_until(outcome, at)
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(until, time(23, 59), zone) if until else None


def _languages() -> tuple[str, ...]:
    languages = tuple(settings.CERTIFICATE_LANGUAGES)
    if wordless := rules.wordless(languages):
        raise ImproperlyConfigured(f"CERTIFICATE_LANGUAGES: no words for {', '.join(wordless)}.")
    return languages


@atomic(durable=True)
def revoke(
    *,
    certificate: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Certificate:
    """End a certificate for good; the public check says "revoked" from now on.

    The outcome and its credit stay: correcting those is another matter. Refuses one that has ended
    already, an unknown reason, and "another reason" without words.
    """
    at = at or clock.now()
    row = _end(certificate, Certificate.State.REVOKED, reason, note, at)
    record([_fact("certificate.revoked", row, reason=reason, note=note)], actor=actor, at=at)
    if keyed:
        keyed.keep(row)
    return row


@atomic(durable=True)
def replace(
    *,
    certificate: UUID,
    reason: str,
    actor: Actor,
    note: str = "",
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Certificate:
    """Issue a new certificate in the place of one whose paper is wrong, from the present facts.

    Answers the new one, with a serial of its own; the public check says "replaced" of the old one.
    Refuses like `revoke`.
    """
    at = at or clock.now()
    old = _end(certificate, Certificate.State.REPLACED, reason, note, at)
    record([_fact("certificate.replaced", old, reason=reason, note=note)], actor=actor, at=at)
    (new,) = _issue([(outcome, old) for outcome in _loaded([old.outcome_id])], actor=actor, at=at)
    if keyed:
        keyed.keep(new)
    return new


def paper_of_today(certificate: Certificate, *, at: datetime) -> rules.Paper:
    """What a replacement issued now would show; nothing is written."""
    issuer = Organisation.objects.filter(is_issuer=True).first()
    (outcome,) = _loaded([certificate.outcome_id])
    cut = outcome.enrollment.run_id in _cut_runs([outcome])
    return rules.Paper.from_json(_paper(outcome, issuer=issuer, was_cut=cut, at=at))


def _end(
    public_id: UUID, state: Certificate.State, reason: str, note: str, at: datetime
) -> Certificate:
    if reason not in EndReason.values:
        raise Invalid(
            "reason_unknown", _("Choose a reason."), fields={"reason": [_("Choose a reason.")]}
        )
    if reason == EndReason.OTHER and not note.strip():
        raise Invalid("note_missing", _("Please say why."), fields={"note": [_("Please say why.")]})
    row = locks.locked_certificate(public_id)
    if row.state != Certificate.State.VALID:
        raise Refused("certificate_ended", _("This certificate is no longer valid."))
    row.state, row.ended_at, row.end_reason = state, at, reason
    row.save(update_fields=["state", "ended_at", "end_reason"])
    return row


def _fact(
    type_: str, certificate: Certificate, *, reason: str = "", note: str = "", **data: str | None
) -> Fact:
    """What happened, by ids: a serial is a secret of whoever holds the paper and is never told."""
    enrollment = certificate.outcome.enrollment
    return Fact(
        type_,
        "certificate",
        certificate.public_id,
        context_id=enrollment.run.public_id,
        person_id=enrollment.person.public_id,
        data={"outcome": str(certificate.outcome.public_id)}
        | {key: value for key, value in data.items() if value is not None},
        reason=reason,
        note=note,
    )
