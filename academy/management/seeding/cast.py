"""Who takes part in the demo's runs: people of the right audience who are free at that time."""

from collections.abc import Sequence
from datetime import date, datetime

from academy.accounts.models import Account
from academy.people.models import Appointment, Person
from courses.catalogue.queries import audience_facts
from courses.catalogue.rules import PostFacts, audience_fits

Busy = Sequence[tuple[datetime, datetime]]


class Cast:
    """The demo's people, and when each is busy."""

    def __init__(self, region: str, today: date) -> None:
        self.audiences = audience_facts()
        self.posts: dict[Person, tuple[str, PostFacts]] = {}
        self.busy: dict[int, list[tuple[datetime, datetime]]] = {}
        rows = Appointment.objects.filter(
            court__region__code=region, period__contains=today
        ).select_related("person", "position", "court__level", "court__kind")
        for row in rows.order_by("person__external_id"):
            if not (row.person.external_id or "").startswith("DEMO-"):
                self.posts[row.person] = (row.court.code, _facts(row, today))
        self.named = {
            account.login: account.person
            for account in Account.objects.select_related("person").filter(person__isnull=False)
            if account.person
        }

    def named_person(self, login: str, busy: Busy) -> Person:
        """The person behind an account of the demo."""
        person = self.named[login]
        self.busy.setdefault(person.pk, []).extend(busy)
        return person

    def people(self, audience: str, count: int, court: str | None, busy: Busy) -> list[Person]:
        """So many people of an audience, of one court where given, who are free."""
        facts = self.audiences[audience]
        chosen: list[Person] = []
        for person, (held_at, post) in self.posts.items():
            if len(chosen) == count:
                break
            if (
                court in (None, held_at)
                and audience_fits(facts, post)
                and self._is_free(person, busy)
            ):
                chosen.append(person)
        for person in chosen:
            self.busy.setdefault(person.pk, []).extend(busy)
            self.posts[person] = self.posts.pop(person)  # the least busy come first next time
        return chosen

    def _is_free(self, person: Person, busy: Busy) -> bool:
        return not any(
            begins < until and since < ends
            for since, until in self.busy.get(person.pk, ())
            for begins, ends in busy
        )


def _facts(row: Appointment, today: date) -> PostFacts:
    return PostFacts(
        category=row.position.category,
        position=row.position.code,
        level=row.court.level.code,
        kind=row.court.kind.code,
        held_since=row.period.lower,
        day=today,
        is_remote=row.court.is_remote,
    )
