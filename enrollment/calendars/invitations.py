"""What goes into a mail for the reader's calendar, and the record of it.

Called while a batch of mails is resolved. The record is committed before any of them leaves: a
worker that is killed afterwards, or a mail that is put off, sends the same version under the same
number, and whatever is told later has a greater one. What a mail was to bring that was given up or
dropped, the next one brings, under the same number. The rows are locked before the facts are read,
so that of two workers the later one never knows less.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction

from academy.core import texts
from academy.core.ical import Happening, Party, calendar
from academy.messages.calendar import CalendarPart
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from enrollment.calendars import queries, rules
from enrollment.calendars.enums import TO_PARTICIPANTS, TO_TRAINERS, Mail, Method
from enrollment.calendars.models import Invitation
from enrollment.calendars.queries import Expected
from enrollment.calendars.rules import Told

Key = tuple[int, int | None, int]
TOLD_COLUMNS = ("id", "method", "sequence", "version", "told_by")


@dataclass(frozen=True, slots=True)
class Piece:
    """One event as one message tells it."""

    expected: Expected
    invitation: Invitation
    is_news: bool  # this message brings this version, on its first try or a later one


def enclosing(kinds: Iterable[Kind]) -> list[Kind]:
    """Of these kinds, those that touch calendars, each carrying what the calendar must know."""
    wanted = TO_PARTICIPANTS | TO_TRAINERS
    return [_enclosing(kind) for kind in kinds if kind.name in wanted]


def _enclosing(kind: Kind) -> Kind:
    teaches = kind.name in TO_TRAINERS

    def resolve(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
        answers = dict(kind.resolve(messages, now))
        true = [each for each in messages if isinstance(answers.get(each.id), Holds)]
        pieces = tell(true, now, teaches=teaches)
        for message in true:
            if isinstance(holds := answers[message.id], Holds):
                parts = parts_for(message, _worth_telling(pieces[message.id]), teaches=teaches)
                answers[message.id] = replace(holds, calendar=parts)
        return answers

    return replace(kind, resolve=resolve)


def _worth_telling(pieces: Sequence[Piece]) -> list[Piece]:
    """News first, then what stands; what was cancelled earlier only when nothing else is left."""
    news = [piece for piece in pieces if piece.is_news]
    rest = [piece for piece in pieces if not piece.is_news]
    standing = [piece for piece in rest if _stands(piece)]
    return [*news, *standing] or rest


def _stands(piece: Piece) -> bool:
    return piece.invitation.method == Method.REQUEST


def _only_news(
    name: str,
    *,
    template: str,
    teaches: bool,
    path: str,
    when_released: str = "",
    is_last_word: bool = False,
) -> Kind:
    """A kind of its own for what no letter tells; dropped when the calendar knows it already.

    `when_released` names other words, for when everything that is news is taken back.
    """

    def resolve(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
        pieces = tell(messages, now, teaches=teaches)
        answers: dict[int, Answer] = {}
        for message in messages:
            news = [piece for piece in pieces[message.id] if piece.is_news]
            if not news:
                answers[message.id] = Untrue("calendar_is_current")
                continue
            answers[message.id] = Holds(
                _facts(news),
                path.format(message.subject_id),
                news[0].expected.time_zone,
                template="" if any(map(_stands, news)) else when_released,
                calendar=parts_for(message, news, teaches=teaches),
            )
        return answers

    return Kind(name, resolve, template, is_last_word=is_last_word)


def _facts(news: Sequence[Piece]) -> dict[str, object]:
    first = news[0].expected
    facts: dict[str, object] = {"course": first.title, "run": first.code}
    ahead = [piece.expected for piece in news if _stands(piece)]
    if not ahead:
        return facts
    places = {"venue": first.venue or "", "city": first.city or "", "address": first.address or ""}
    return facts | places | {"starts": ahead[0].starts_at, "link": first.link}


CHANGED = _only_news(
    Mail.CHANGED, template="calendar_changed", teaches=False, path="/enrollments/{}/"
)
FAREWELL = _only_news(
    Mail.FAREWELL, template="calendar_farewell", teaches=False, path="/", is_last_word=True
)
TEACHING = _only_news(
    Mail.TEACHING,
    template="calendar_teaching",
    when_released="calendar_released",
    teaches=True,
    path="/desk/runs/{}/",
)


def _about_declined(messages: Sequence[Claimed], _now: datetime) -> Mapping[int, Answer]:
    """Asked while the person has neither withdrawn nor said that it was a slip."""
    found = queries.declined(message.subject_id for message in messages)
    answers: dict[int, Answer] = {}
    for message in messages:
        if message.subject_id not in found:
            answers[message.id] = Untrue("answered")
            continue
        title, code, zone, starts = found[message.subject_id]
        facts = {"course": title, "run": code, "starts": starts}
        answers[message.id] = Holds(facts, f"/enrollments/{message.subject_id}/", zone)
    return answers


DECLINED = Kind(Mail.DECLINED, _about_declined, "calendar_declined", urgent=True)


def tell(messages: Sequence[Claimed], now: datetime, *, teaches: bool) -> dict[int, list[Piece]]:
    """What these messages tell of the sessions still ahead, written down as told."""
    pieces: dict[int, list[Piece]] = {message.id: [] for message in messages}
    if not messages:
        return pieces
    with transaction.atomic():
        _make_missing(_expected(messages, now, teaches=teaches))
        known = _locked(messages, teaches=teaches)
        lost = queries.lost(row.told_by for row in known.values() if row.told_by)
        changed: dict[Key, Invitation] = {}
        by_subject: dict[tuple[int, UUID], list[Expected]] = {}
        for each in _expected(messages, now, teaches=teaches):
            by_subject.setdefault((each.person_id, each.subject), []).append(each)
        for message in messages:
            for each in by_subject.get((message.person_id, message.subject_id), ()):
                if (invitation := known.get(each.key)) is None:
                    continue
                if _advance(invitation, each) or invitation.told_by in lost:
                    invitation.told_at, invitation.told_by = now, message.id
                    changed[each.key] = invitation
                if invitation.method:
                    is_news = invitation.told_by == message.id
                    pieces[message.id].append(Piece(each, invitation, is_news))
        _write_down(changed.values(), now)
    return pieces


def _expected(messages: Sequence[Claimed], now: datetime, *, teaches: bool) -> list[Expected]:
    if teaches:
        pairs = {(message.person_id, message.subject_id) for message in messages}
        return queries.of_trainers(sorted(pairs, key=str), after=now)
    return queries.of_enrollments({message.subject_id for message in messages}, after=now)


def _make_missing(expected: Iterable[Expected]) -> None:
    Invitation.objects.bulk_create(
        (
            Invitation(
                uid=each.uid,
                person_id=each.person_id,
                enrollment_id=each.enrollment_id,
                session_id=each.session_id,
            )
            for each in expected
            if each.status
        ),
        ignore_conflicts=True,
    )


def _locked(messages: Sequence[Claimed], *, teaches: bool) -> dict[Key, Invitation]:
    subjects = {message.subject_id for message in messages}
    rows = Invitation.objects.select_for_update().order_by("pk")
    if teaches:
        people = {message.person_id for message in messages}
        rows = rows.filter(
            enrollment__isnull=True, person_id__in=people, session__run__public_id__in=subjects
        )
    else:
        rows = rows.filter(enrollment__public_id__in=subjects)
    return {(row.person_id, row.enrollment_id, row.session_id): row for row in rows}


def _advance(invitation: Invitation, each: Expected) -> bool:
    """Bring the record to how things stand; whether that is a new version."""
    before = Told(Method(invitation.method), invitation.sequence, invitation.version)
    after = rules.next_told(before, status=each.status, version=each.version)
    invitation.method, invitation.sequence = after.method, after.sequence
    invitation.version = after.version
    return after != before


TOLD = """
UPDATE enrollment_invitation invitation
   SET method = told.method, sequence = told.sequence, version = told.version,
       told_by = told.told_by, told_at = %(now)s, declined_at = NULL
  FROM jsonb_to_recordset(%(told)s::jsonb)
       AS told(id bigint, method text, sequence int, version text, told_by bigint)
 WHERE invitation.id = told.id
"""  # who declined the old version has not declined this one


def _write_down(changed: Iterable[Invitation], now: datetime) -> None:
    told = [{name: getattr(row, name) for name in TOLD_COLUMNS} for row in changed]
    if told:
        with connection.cursor() as cursor:
            cursor.execute(TOLD, {"told": orjson.dumps(told).decode(), "now": now})


def parts_for(
    message: Claimed, pieces: Iterable[Piece], *, teaches: bool
) -> tuple[CalendarPart, ...]:
    """One calendar object for each event, since a request holds one UID (RFC 5546, 3.2.2)."""
    language = message.language if message.language in texts.languages() else ""
    parts = []
    for piece in pieces:
        method = piece.invitation.method.upper()
        event = _happening(piece, message, language or settings.LANGUAGE_CODE, teaches=teaches)
        parts.append(CalendarPart(method, calendar([event], method=method)))
    return tuple(parts)


def _happening(piece: Piece, message: Claimed, language: str, *, teaches: bool) -> Happening:
    each, invitation = piece.expected, piece.invitation
    path = f"/desk/runs/{each.run}/" if teaches else f"/enrollments/{each.subject}/"
    url = f"{settings.PUBLIC_URL}{path}"
    is_cancelled = invitation.method == Method.CANCEL
    return Happening(
        uid=str(invitation.uid),
        sequence=invitation.sequence,
        stamp=invitation.told_at or each.since,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        time_zone=each.time_zone,
        summary=each.summary(language),
        status="CANCELLED" if is_cancelled else each.status,
        description="\n".join(filter(None, (each.code, each.link, url))),
        location=each.location(language) or each.link,
        url=url,
        organizer=Party(str(settings.SERVICE_NAME), settings.CALENDAR_ADDRESS),
        attendee=Party(message.name, message.address),
        role="CHAIR" if teaches else "REQ-PARTICIPANT",
    )
