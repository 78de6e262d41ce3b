"""A column that Django lacks: PostgreSQL's multirange of moments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field


class MultiRangeField(Field):
    """A set of periods: when a run keeps its people busy."""

    description = "several periods of time"

    def db_type(self, connection: object) -> str:
        """PostgreSQL's own type."""
        return "tstzmultirange"

    def get_prep_value(self, value: Sequence[TimestamptzRange] | None) -> Any:
        """Any sequence of ranges becomes one multirange."""
        return None if value is None else TimestamptzMultirange(value)
