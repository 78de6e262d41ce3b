"""From a change to the calendar of the reader: mails are read back as a mail program reads them."""

from dataclasses import dataclass

import pytest
from icalendar import Calendar

from academy.ledger import delivery as ledger
from academy.messages import delivery
from tests import factories


@dataclass(frozen=True)
class Item:
    """One event of one calendar object in a mail."""

    method: str
    uid: str
    sequence: int
    status: str
    event: object

    @property
    def short(self):
        return self.method, self.sequence, self.status


def items_of(mail):
    """Every calendar object of a mail; header and body name the same method."""
    found = []
    for part in mail.walk():
        if part.get_content_type() != "text/calendar":
            continue
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        method = str(calendar["METHOD"])
        assert part.get_param("method") == method
        (event,) = calendar.walk("VEVENT")
        found.append(
            Item(method, str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"]), event)
        )
    return found


@dataclass
class Mails:
    """The mails to each person, work done first."""

    office: object
    seen: int = 0

    def work(self):
        ledger.advance()
        delivery.deliver(seconds=20)

    def new(self):
        """All mails since the last look at anybody's."""
        self.work()
        new = self.office.mails[self.seen :]
        self.seen = len(self.office.mails)
        return new

    def new_to(self, person):
        return [mail for mail in self.new() if mail["To"] == person.email]

    def items_to(self, person):
        return [item for mail in self.new_to(person) for item in items_of(mail)]


@pytest.fixture
def mails(post_office):
    return Mails(post_office)


@pytest.fixture
def person(db):
    return factories.person(factories.court(parent=factories.court()), language="ru")
