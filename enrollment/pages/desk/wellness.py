"""How the service is, part by part: what was found, what it means, whether somebody must act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from academy.exports.registry import Exporter, exporters
from academy.jobs import queries as jobs
from academy.jobs.models import Job
from academy.jobs.registry import Importer, importers
from academy.ledger import queries as ledger
from academy.ledger.queries import Lag
from academy.messages import queries as messages
from academy.web import dates
from enrollment.reminders.models import ReminderRule
from enrollment.requests.bulk_operations import OPERATIONS, Operation
from enrollment.requests.models import Bulk
from enrollment.seats import monitor

WELL, WATCH, ACT = "well", "watch", "act"
PATIENCE = timedelta(minutes=5)
"""How long news may lie before that is more than a busy minute."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the service in plain words; `ask` is the address of its button and its label."""

    key: str
    title: str
    state: str
    found: str
    means: str
    todo: str
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)
    ask: tuple[str, str] | None = None


HANDLERS: dict[str, Promise] = {
    "webhooks": gettext_lazy("calls other systems"),
    "invitations": gettext_lazy("writes invitations to new accounts"),
    "reminders": gettext_lazy("reminds those who join late or whose run moved"),
    "feedback": gettext_lazy("opens questionnaires"),
    "notices": gettext_lazy("passes on the words of trainers"),
    "messages": gettext_lazy("tells people what became of their requests"),
    "posts": gettext_lazy("follows changes of posts"),
    "lrs": gettext_lazy("tells the learning record store"),
    "moodle": gettext_lazy("follows in the learning platform"),
    "credits": gettext_lazy("reckons what is owed"),
    "calendars": gettext_lazy("corrects people's calendars"),
    "search.index": gettext_lazy("keeps the search up to date"),
}
"""What each reader of the record of events does."""

WORK: dict[str, tuple[Promise, Callable[[], Mapping[str, Importer | Exporter | Operation]]]] = {
    "upload": (gettext_lazy("Import: %(what)s"), importers),
    "import": (gettext_lazy("Import by a system: %(what)s"), importers),
    "export": (gettext_lazy("File: %(what)s"), exporters),
    "bulk": (gettext_lazy("Many runs at once: %(what)s"), lambda: OPERATIONS),
    "plan": (gettext_lazy("Copy of a plan"), dict),
    "trips": (gettext_lazy("Papers of trips"), dict),
}
"""What long work is called, by the first word of its kind, and who knows what the rest means."""


STOPPED: dict[str, Promise] = {
    "given_up": gettext_lazy("Given up: the rest was left as it was. What was done stays."),
    "right_lost": gettext_lazy("Who asked for this has no longer the right to."),
    "unwritten": gettext_lazy("The papers could not be written. Try again, or call support."),
}
"""Why long work stopped, by the code that it keeps; others keep a sentence."""


def stopped(job: Job) -> str:
    """Why it stopped, in the reader's words."""
    return str(STOPPED.get(job.error, job.error))


def work_name(kind: str) -> str:
    """The kind of a job in words."""
    first, _dot, noun = kind.partition(".")
    if first not in WORK:
        return kind
    sentence, known = WORK[first]
    offered = known()
    return str(sentence) % {"what": offered[noun].title if noun in offered else noun}


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One piece of long work as its table shows it; `page` says more of it, where there is one."""

    standing: jobs.Standing
    name: str
    why: str
    page: str


def work_lines(work: Sequence[jobs.Standing]) -> list[WorkLine]:
    """What is open or failed, each with its name, why it stopped, and its page."""
    bulks = Bulk.objects.filter(job__in=[one.job.pk for one in work])
    pages = {bulk.job_id: reverse("enrollment:bulk", args=[bulk.public_id]) for bulk in bulks}
    return [
        WorkLine(
            one,
            work_name(one.job.kind),
            stopped(one.job),
            pages.get(one.job.pk, ""),
        )
        for one in work
    ]


def parts(now: datetime, lags: Sequence[Lag], work: Sequence[jobs.Standing]) -> list[Part]:
    """Every part of the service, those that need somebody first."""
    found = [_messages(now), _reminders(), _checks(now), _events(now, lags), _jobs(work)]
    return sorted(found, key=lambda part: (ACT, WATCH, WELL).index(part.state))


def _messages(now: datetime) -> Part:
    seen = messages.desk_overview(now=now)
    state = ACT if seen.failed else WATCH if seen.overdue or seen.put_off else WELL
    return Part(
        "messages",
        _("Messages"),
        state,
        _("%(waiting)s wait to be sent, %(late)s are overdue, %(failed)s were given up.")
        % {
            "waiting": dates.number(seen.waiting),
            "late": dates.number(seen.overdue + seen.put_off),
            "failed": dates.number(seen.failed),
        },
        _("Mails and notices to people. What a mail server refuses is tried again by itself."),
        {
            ACT: _("Look at those given up: mend the address, then send again."),
            WATCH: _("Nothing yet. Look again in half an hour; if the number grows, call support."),
            WELL: _("Nothing to do."),
        }[state],
        links=[(reverse("enrollment:desk-messages") + "?state=stuck", _("Show what is stuck"))],
    )


def _reminders() -> Part:
    active = ReminderRule.objects.filter(is_active=True).count()
    sentence = ngettext("%(n)s rule reminds people.", "%(n)s rules remind people.", active)
    return Part(
        "reminders",
        _("Reminders"),
        WELL if active else ACT,
        sentence % {"n": dates.number(active)},
        _("Rules decide who is reminded of what and when. Each can be tried on present facts."),
        _("Nothing to do.")
        if active
        else _("Nobody is reminded of anything. Switch on the rules that you want."),
        links=[
            (reverse("enrollment:reminders"), _("Rules with a preview")),
            (reverse("enrollment:reminders-next"), _("What goes out next")),
        ],
    )


def _checks(now: datetime) -> Part:
    standings = monitor.standings(now)
    broken = sum(one.is_broken for one in standings)
    unasked = any(one.is_overdue or one.result is None for one in standings)
    state = ACT if broken else WATCH if unasked else WELL
    sentence = ngettext("%(n)s check fails.", "%(n)s checks fail.", broken)
    return Part(
        "checks",
        _("Checks"),
        state,
        sentence % {"n": dates.number(broken)} if broken else _("Every check that was made holds."),
        _("What must always hold, such as one seat for one person, asked of the database."),
        {
            ACT: _("Open the checks: each says in words how it is mended."),
            WATCH: _("Some have not been asked for a while. Ask now; if it stays, call support."),
            WELL: _("Nothing to do."),
        }[state],
        links=[(reverse("enrollment:invariants"), _("All checks"))],
        ask=(reverse("enrollment:invariants-ask"), _("Check now")),
    )


def stands_still(lag: Lag, now: datetime) -> bool:
    """Whether a reader of events has news before it and does not get on."""
    return lag.behind > 0 and (lag.moved_at is None or lag.moved_at < now - PATIENCE)


def _events(now: datetime, lags: Sequence[Lag]) -> Part:
    still = [lag for lag in lags if stands_still(lag, now)]
    waiting, behind = ledger.waiting_in_inbox(), max((lag.behind for lag in lags), default=0)
    is_failing = any(lag.failures for lag in still)
    since = ledger.waiting_since()
    is_unsorted = since is not None and since < now - PATIENCE
    state = ACT if is_failing else WATCH if still or is_unsorted else WELL
    return Part(
        "events",
        _("What follows from events"),
        state,
        _("%(inbox)s events are not in order yet; the slowest reader has %(behind)s before it.")
        % {"inbox": dates.number(waiting), "behind": dates.number(behind)},
        _(
            "Everything that happens is written down first and acted on afterwards: nothing is lost"
            " when this stands still, but nobody is told of it."
        ),
        {
            ACT: _("Call support: a reader fails again and again. The table below says which."),
            WATCH: _("Wait some minutes. If it does not move, see whether the worker runs."),
            WELL: _("Nothing to do."),
        }[state],
    )


def _jobs(work: Sequence[jobs.Standing]) -> Part:
    failed = sum(one.job.state == Job.State.FAILED for one in work)
    late = any(one.is_late for one in work)
    state = ACT if failed else WATCH if late else WELL
    return Part(
        "jobs",
        _("Long work"),
        state,
        _("%(open)s are waiting or being done, %(failed)s failed within a week.")
        % {"open": dates.number(len(work) - failed), "failed": dates.number(failed)},
        _(
            "Files in and out, and changes of many people at once. A worker goes on where another"
            " one stopped."
        ),
        {
            ACT: _("Read below why it failed. Take it up again, or ask for it anew."),
            WATCH: _("Something does not get on: see below, and whether the worker runs."),
            WELL: _("Nothing to do."),
        }[state],
    )
