"""The numbers that operators watch, each read from the database when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Model

from academy.clients import queries as clients
from academy.core import clock
from academy.jobs.models import Job
from academy.ledger import queries as ledger
from academy.messages import queries as messages


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, or one per value of a label."""

    name: str
    help: str
    label: str
    numbers: Mapping[str, float]


MESSAGES = {
    "messages": "Messages that wait, wait for another try, or were given up.",
    "messages_oldest_seconds": "How long the oldest message has been due.",
    "messages_per_minute": "Messages closed a minute, of late.",
}

_provided: list[Callable[[], Measure]] = []


def provide(measure: Callable[[], Measure]) -> None:
    """A higher room adds a number of its own; once, when the apps are ready."""
    _provided.append(measure)


def measure() -> Iterator[Measure]:
    """All measures."""
    yield Measure("ledger_lag", "Events a handler has not read.", "handler", ledger.handler_lags())
    inbox = {"inbox": ledger.waiting_in_inbox()}
    yield Measure("ledger_inbox", "Events without a place in the feed.", "queue", inbox)
    feed = {"feed": ledger.last_position()}
    yield Measure("ledger_position", "Last position of the feed.", "queue", feed)
    now = clock.now()
    for name, numbers in messages.numbers(now=now).items():
        yield Measure(name, MESSAGES[name], "state", numbers)
    yield Measure(
        "webhook_lag_seconds",
        "How long the oldest call of a system's webhooks has been due.",
        "client",
        clients.webhook_lags(now=now),
    )
    yield Measure("jobs", "Jobs by state.", "state", _by_state(Job))
    yield from (provided() for provided in _provided)


def _by_state(model: type[Model]) -> dict[str, int]:
    rows = model._default_manager.values_list("state").annotate(Count("pk"))  # noqa: SLF001
    return dict(rows)
