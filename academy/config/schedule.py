"""What the clock starts, and what follows from what. Code, not rows: a deploy changes it, no click.

One clock is meant to run; a second one is harmless, as no task remembers a beat. Events are
numbered under an advisory lock and handled under a lock on the handler's cursor; messages,
deadlines and free seats are taken with SKIP LOCKED; reminders are planned under a lock on their
rule and written under a unique key; the clean-ups delete what is old, and twice is as good as once.

A task that waited longer than its next beat is dropped (`expires`): after an hour without a broker
one look is enough. A nudge that is lost costs one beat.
"""

from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.schedules import BaseSchedule, crontab, schedule
from celery.signals import task_success
from kombu import Queue

EVERY: Mapping[str, float] = {
    "ledger.advance": 2,
    "messages.deliver": 10,
    "clients.call_webhooks": 5,
    "exports.write": 5,
    "jobs.carry": 5,
    "connectors.carry": 10,
    "connectors.read_moodle": 600,
    "reminders.plan": 60,
    "requests.nominate": 5,
    "requests.bulk": 5,
    "requests.copy_plans": 5,
    "trips.write": 5,
    "messages.read_returned": 300,
    "requests.expire_due": 60,
    "requests.lapse_decisions": 60,
    "requests.advance_runs": 60,
    "requests.judge_sizes": 60,
    "requests.follow_posts": 60,
    "requests.sweep": 60,
    "requests.release_pools": 60,
    "seats.watch": 60,
    "credits.reckon": 10,
}
"""Seconds between two looks."""

AT: Mapping[str, crontab] = {
    "rest.forget_keys": crontab(minute="17"),
    "exports.clear": crontab(minute="27"),
    "jobs.forget": crontab(minute="32"),
    "trips.forget": crontab(minute="34"),
    "classroom.forget_needs": crontab(minute="37"),
    "accounts.clear_sessions": crontab(hour="22", minute="40"),  # UTC: night at home
    "clients.clear_tokens": crontab(hour="22", minute="50"),
    "clients.forget_calls": crontab(hour="22", minute="55"),
    "attendance.erase_scans": crontab(hour="23", minute="5"),
    "credits.ask_all": crontab(hour="19", minute="5"),  # just after midnight at home
}

DAY = 86_400.0
URGENT, BULK = "urgent", "bulk"
QUEUES = (URGENT, BULK)
"""In the order in which a worker looks: what is long waits behind what somebody waits for."""
LONG = frozenset(
    {
        *("messages.deliver", "messages.read_returned", "reminders.plan", "seats.watch"),
        *("exports.write", "jobs.carry", "requests.bulk", "requests.copy_plans"),
        "trips.write",
        *("credits.reckon", "connectors.carry", "connectors.read_moodle"),
        *AT,
    }
)
"""Tasks that may take seconds. Mails that are urgent need no queue: they overtake as rows."""
SHORTEST_LIFE = 10.0  # seconds: a slice of delivery may stand before it in the queue


def queue_of(task: str) -> str:
    """Where a task waits for a worker."""
    return BULK if task in LONG else URGENT


def beats() -> dict[str, dict[str, Any]]:
    """Celery's schedule: one entry per task, named after it."""
    often = {name: _entry(name, schedule(every), every) for name, every in EVERY.items()}
    return often | {name: _entry(name, moment, DAY) for name, moment in AT.items()}


def _entry(name: str, moment: BaseSchedule, every: float) -> dict[str, Any]:
    return {"task": name, "schedule": moment, "options": {"expires": max(every, SHORTEST_LIFE)}}


def follow_up(sender: Any, result: Any, **_kwargs: Any) -> None:
    """Deliver at once what a task has just given cause for; true or a number asks for it.

    A slice of delivery that ends with work left asks for the next one in the same way, at the end
    of the queue: everything else gets its turn in between.
    """
    if result and sender.name in {"ledger.advance", "reminders.plan", "messages.deliver"}:
        sender.app.send_task("messages.deliver", expires=EVERY["messages.deliver"], retry=False)
    if result and sender.name in {"ledger.advance", "clients.call_webhooks"}:
        sender.app.send_task("clients.call_webhooks", expires=SHORTEST_LIFE, retry=False)


def configure(app: Celery) -> None:
    """The schedule and its queues: the clock and the workers are two applications that agree."""
    app.conf.update(
        beat_schedule=beats(),
        task_queues=[Queue(name) for name in QUEUES],
        task_default_queue=URGENT,
        task_routes={task: {"queue": BULK} for task in sorted(LONG)},
    )


def install(app: Celery) -> None:
    """Give the schedule to the workers' application, with what follows from what."""
    configure(app)
    task_success.connect(follow_up, weak=False)
