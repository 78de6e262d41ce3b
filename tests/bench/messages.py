"""Messages and reminders, measured: plan a million, claim and mark them, hand mails to a server.

Functions for `tests/bench/__main__.py`; each answers figures, prints nothing and leaves rows
behind, so it wants a database of its own. `python -m tests.bench.messages` runs them all.
"""

import asyncio
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")
    django.setup()

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.urls import reverse

from academy.core import clock
from academy.messages import delivery, lease
from academy.messages.models import Message, Outgoing
from enrollment.reminders import actions
from enrollment.reminders.actions import RuleSeed
from enrollment.reminders.enums import Anchor, Recipient, Unit
from enrollment.reminders.models import ReminderRule
from tests.bench import bare

PER_RUN = 20


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    what: str
    number: int
    seconds: float
    reference: str = ""

    @property
    def per_second(self) -> float:
        return self.number / self.seconds if self.seconds else 0.0


def timed(what: str, work: Callable[[], int], reference: str = "") -> Figure:
    began = time.perf_counter()
    number = work()
    return Figure(what, number, round(time.perf_counter() - began, 4), reference)


def execute(statement: str, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


SEED = """
INSERT INTO academy_person (public_id, user_name, employee_number, family_name, given_name,
       patronymic, email, language)
SELECT gen_random_uuid(), '', '', 'Family' || n, 'Given', '', 'p' || n || '@example.org',
       (ARRAY['kk', 'ru', 'en'])[1 + n %% 3]
  FROM generate_series(1, %(people)s) n;
INSERT INTO courses_run (public_id, code, course_id, version_id, state, enrollment_mode, format_id,
       language, time_zone, link, minimum_size, enrollment_opens_at, enrollment_closes_at,
       offer_hours, auto_accept, hold_while_pending, starts_at, ends_at, sequence, revision,
       cancel_reason, created_at, state_since)
SELECT gen_random_uuid(), 'MAILS-' || n, version.course_id, version.id, 'published', 'open',
       version.format_id, 'kk', 'Asia/Almaty', '', 0, %(now)s, %(now)s, 48, false, false,
       %(now)s + interval '30 days' + n * interval '1 second',
       %(now)s + interval '31 days' + n * interval '1 second', 0, 1, '', %(now)s, %(now)s
  FROM generate_series(1, %(runs)s) n,
       (SELECT * FROM courses_courseversion ORDER BY id LIMIT 1) version;
INSERT INTO courses_session (public_id, run_id, number, period, minutes, link, is_cancelled)
SELECT gen_random_uuid(), id, day, tstzrange(starts_at + (day - 1) * interval '12 hours',
       starts_at + day * interval '12 hours'), 90, '', false
  FROM courses_run, generate_series(1, 2) day WHERE code LIKE 'MAILS-%%';
INSERT INTO enrollment_enrollment (public_id, run_id, person_id, state, needs_seat, pool_ids,
       priority_class, source, lapses, clash_allowed, end_reason, is_late, created_at, state_since,
       revision)
SELECT gen_random_uuid(), run.id, first.id + (run.id * 20 + place) %% %(people)s, 'confirmed',
       false, '{}', 0, 'self', 0, true, '', false, %(now)s, %(now)s, 1
  FROM (SELECT id FROM courses_run WHERE code LIKE 'MAILS-%%' ORDER BY id) run,
       (SELECT min(id) AS id FROM academy_person WHERE family_name = 'Family1') first,
       generate_series(1, %(per_run)s) place;
"""


def seed(enrollments: int) -> None:
    """So many active enrolments on runs that begin in a month."""
    from tests import factories  # noqa: PLC0415 - needs Django set up

    factories.course()
    runs = enrollments // PER_RUN
    values = {
        "people": enrollments // 4,
        "runs": runs,
        "per_run": PER_RUN,
        "now": clock.now(),
    }
    for statement in SEED.split(";\n"):
        if statement.strip():
            execute(statement, **values)
    for table in ("academy_person", "courses_run", "courses_session", "enrollment_enrollment"):
        execute(f"VACUUM (ANALYZE) {table}")


SEEDED = Path(__file__).parents[2] / "seeds/reference/reminder_rules.json"
PLAIN = [
    ReminderRule(
        code=code, anchor=anchor, recipient=recipient, offset=offset, useless_after_hours=useless,
    )
    for code, anchor, recipient, offset, useless in (
        ("week-before", Anchor.RUN_START, Recipient.TRAINEE, -168, 72),
        ("day-before", Anchor.RUN_START, Recipient.TRAINEE, -24, 22),
        ("marks-missing", Anchor.MARKS_MISSING, Recipient.TRAINER, 4, 336),
    )
]  # fmt: skip


def nothing_due(ticks: int = 20) -> Figure:
    """One tick over all active enrolments when nothing is due: the median, not the sum.

    With every rule of the seeds; all of them look, as once a day at their hour.
    """
    rules = [RuleSeed.from_document(one) for one in json.loads(SEEDED.read_text("utf-8"))]
    actions.install_rules(replace(rule, is_active=True) for rule in rules)
    ReminderRule.objects.exclude(unit=Unit.HOURS).update(unit=Unit.HOURS, offset=F("offset") * 24)
    now = clock.now()
    actions.plan_due(now)
    took = []
    for tick in range(ticks):
        began = time.perf_counter()
        assert actions.plan_due(now + (tick + 1) * timedelta(minutes=1)) == 0
        took.append(time.perf_counter() - began)
    return Figure("tick with nothing due", 1, round(sorted(took)[ticks // 2], 4), "<= 20 ms")


def plan_all() -> Figure:
    """The tick at which the week-before reminder of every run has fallen due."""
    ReminderRule.objects.all().delete()
    ReminderRule.objects.bulk_create(PLAIN)
    at = clock.now() + timedelta(days=30 - 6)
    bare_seconds = bare.plan()
    return timed(
        "plan what is due",
        lambda: actions.plan_due(at),
        f"INSERT ... SELECT of as many: {bare_seconds:.1f} s",
    )


def claim_and_mark(workers: int = 2, batch: int = 1_000) -> Figure:
    """Claim under a lease, record as dropped in one statement per batch: what delivery does with
    messages that are not sent. Mails are recorded one by one and are measured by `hand_over`."""
    Message.objects.filter(state="waiting").update(useless_after=None)
    Outgoing.objects.update(next_at=F("next_at") - timedelta(days=60))
    execute("VACUUM (ANALYZE) academy_outgoing")
    execute("VACUUM (ANALYZE) academy_message")
    waiting = Outgoing.objects.count()
    bare_seconds = bare.claim(in_processes, workers)
    return timed(
        f"claim and mark, {workers} workers",
        lambda: in_processes(_claim_and_mark, [batch] * workers) and waiting,
        f"SKIP LOCKED by thousands: {bare_seconds:.1f} s",
    )


def _claim_and_mark(batch: int) -> int:
    total = 0
    while rows := lease.claim(limit=batch):
        total += lease.close([lease.Closed(row, Message.State.DROPPED, "bench") for row in rows])
    return total


def in_processes(work: Callable[[Any], int], arguments: list[Any]) -> int:
    """The sum of what the processes answer; each has a connection of its own."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with multiprocessing.get_context("fork").Pool(len(arguments)) as workers:
        return sum(workers.map(work, arguments))


# --- Mails -------------------------------------------------------------------------------------


class Sink(asyncio.Protocol):
    """A mail server that takes everything, with PIPELINING, as the servers of institutions do."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""
        self.in_data = False
        transport.write(b"220 sink\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        out = []
        while True:
            if self.in_data:
                _body, end, rest = self.buffer.partition(b"\r\n.\r\n")
                if not end:
                    break
                self.buffer, self.in_data = rest, False
                Sink.taken += 1
                out.append(b"250 taken\r\n")
                continue
            line, end, rest = self.buffer.partition(b"\r\n")
            if not end:
                break
            self.buffer = rest
            out.append(self.answer(line[:4].upper()))
        self.transport.write(b"".join(out))

    def answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"DATA":
            self.in_data = True
            return b"354 go ahead\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


def serve(port: Any, taken: Any) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        while True:
            await asyncio.sleep(0.05)
            taken.value = Sink.taken

    asyncio.run(main())


WAIT_AGAIN = """
WITH again AS (
    UPDATE academy_message SET state = 'waiting', closed_at = NULL
     WHERE id IN (SELECT id FROM academy_message WHERE kind = 'reminder.run_start'
                   ORDER BY id LIMIT %(mails)s)
    RETURNING id, due_at - interval '60 days' AS due_at
)
INSERT INTO academy_outgoing (message_id, urgent, next_at, attempts, outcome)
SELECT id, false, due_at, 0, '' FROM again
"""


def hand_over(mails: int = 6_000, workers: int = 2) -> Figure:
    """Claim, resolve, render in three languages, hand over, record: a worker's whole work."""
    reverse("academy:sent")  # the pages are loaded, as in a worker that has been at work
    context = multiprocessing.get_context("fork")
    port, taken = context.Value("i", 0), context.Value("i", 0)
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    sink = context.Process(target=serve, args=(port, taken), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    execute(WAIT_AGAIN, mails=mails)
    execute("VACUUM (ANALYZE) academy_message")
    figure = timed(
        f"mails handed over, {workers} workers",
        lambda: in_processes(_deliver, [port.value] * workers) or mails,
        "budget >= 1,500/s",
    )
    time.sleep(0.2)
    sent = Message.objects.filter(state="sent").count()
    sink.terminate()
    assert taken.value == sent == mails, (taken.value, sent, mails)
    return figure


def _deliver(port: int) -> int:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    delivery.deliver(seconds=600)
    return 0


def measure(enrollments: int = 1_000_000, mails: int = 6_000) -> Iterator[Figure]:
    """Every figure of this room, as it is found."""
    seed(enrollments)
    yield nothing_due()
    yield plan_all()
    yield claim_and_mark()
    yield hand_over(mails)


if __name__ == "__main__":
    for each in measure(*(int(argument) for argument in sys.argv[1:])):
        sys.stdout.write(json.dumps({**asdict(each), "per_second": round(each.per_second)}) + "\n")
        sys.stdout.flush()
