"""The rooms' tables, listed for Django."""

from academy.access.models import Deputy, RoleGrant
from academy.accounts.models import Account
from academy.clients.models import Call, Client, Disclosure, Webhook
from academy.courts.models import CalendarDay, Court, CourtKind, CourtLevel, Position, Region
from academy.exports.models import Export
from academy.jobs.models import Job, Matching, Upload
from academy.ledger.models import Cursor, Event, FeedEntry, Inbox, Note
from academy.messages.models import DeadAddress, MailChoice, MailHost, Message, Outgoing
from academy.people.models import Appointment, Person
from academy.rest.models import IdempotencyKey

__all__ = [
    "Account",
    "Appointment",
    "CalendarDay",
    "Call",
    "Client",
    "Court",
    "CourtKind",
    "CourtLevel",
    "Cursor",
    "DeadAddress",
    "Deputy",
    "Disclosure",
    "Event",
    "Export",
    "FeedEntry",
    "IdempotencyKey",
    "Inbox",
    "Job",
    "MailChoice",
    "MailHost",
    "Matching",
    "Message",
    "Note",
    "Outgoing",
    "Person",
    "Position",
    "Region",
    "RoleGrant",
    "Upload",
    "Webhook",
]
