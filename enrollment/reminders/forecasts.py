"""What a rule would come to within a month, if nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from enrollment.reminders.enums import QUESTIONNAIRES
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.rule_queries import due_messages
from enrollment.reminders.timing import Span


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Somebody whom a rule would tell, about what, at which moment."""

    person_id: int
    person: str
    subject_id: UUID
    at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one rule comes to, if nothing changes: how many, and the first of them."""

    rule: ReminderRule
    number: int
    first: Sequence[Foreseen]


HORIZON = timedelta(days=30)
UNNAMED = "—"

FORECAST = """
SELECT due.person_id, concat_ws(' ', person.family_name, person.given_name), due.subject_id,
       due.due_at, count(*) OVER ()
  FROM ({selected}) due
  JOIN academy_person person ON person.id = due.person_id AND person.left_on IS NULL
 WHERE NOT EXISTS (SELECT FROM academy_message told
                    WHERE told.person_id = due.person_id AND told.subject_id = due.subject_id
                      AND told.kind = due.kind AND told.occurrence = due.occurrence)
 ORDER BY due.due_at, person.sort_key, due.subject_id LIMIT {limit}
"""


def forecast(rule: ReminderRule, now: datetime, *, limit: int = 20) -> Forecast:
    """Who would get what and when within a month, if nothing changes; nobody who was told already.

    The rule may be one that is not saved. It is the very statement that plans, asked about another
    span.
    """
    span = Span(now - rule.timing.useful, now + HORIZON)
    selected = due_messages(rule, span, now)
    if selected is None:
        return Forecast(rule, 0, ())
    text, params = selected
    with connection.cursor() as cursor:
        cursor.execute(FORECAST.format(selected=text, limit=int(limit)), params)
        rows = cursor.fetchall()
    # Who has not answered a questionnaire is nobody else's business: they are counted, not named.
    unnamed = rule.anchor in QUESTIONNAIRES
    first = [
        Foreseen(row[0], UNNAMED if unnamed else row[1], row[2], row[3], settings.TIME_ZONE)
        for row in rows
    ]
    return Forecast(rule, rows[0][4] if rows else 0, first)
