"""Changes of what connects a run to Moodle."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing
from academy.ledger.actions import Fact, record
from courses.planning.models import Run
from enrollment.connectors.models import MoodleCourse


def link_to_moodle(*, run: str, number: int, actor: Actor) -> MoodleCourse:
    """Say in which course of Moodle a run's online part is held; who has a seat gets in there.

    Naming another course moves nobody out of the former one: Moodle's own staff decide that.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        row = Run.objects.select_for_update().filter(code=run).first()
        if row is None:
            raise Missing("unknown_run", _("There is no such run."))
        link, _made = MoodleCourse.objects.update_or_create(
            run=row, defaults={"number": number, "linked_at": at}
        )
        data = {"number": number}
        record(
            [Fact("run.linked", "run", row.public_id, row.public_id, data=data)], actor=actor, at=at
        )
    return link
