"""The same work by plain SQL in the same run: what the engine itself does on this machine today."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

TABLE = """
CREATE TABLE bench_reminder (
    id bigserial PRIMARY KEY, person_id bigint NOT NULL, run_id bigint NOT NULL, kind text NOT NULL,
    due_at timestamptz NOT NULL, state smallint NOT NULL DEFAULT 0, sent_at timestamptz,
    UNIQUE (person_id, run_id, kind));
CREATE INDEX ON bench_reminder (due_at, id) WHERE state = 0
"""
PLAN = """
INSERT INTO bench_reminder (person_id, run_id, kind, due_at)
SELECT person_id, run_id, 'week', now() FROM enrollment_enrollment WHERE state = 'confirmed'
"""
CLAIM = """
WITH batch AS (SELECT id FROM bench_reminder WHERE state = 0 AND due_at <= now()
                ORDER BY due_at, id LIMIT {batch} FOR UPDATE SKIP LOCKED)
UPDATE bench_reminder SET state = 1, sent_at = now()
  FROM batch WHERE bench_reminder.id = batch.id RETURNING bench_reminder.id, person_id
"""


def plan() -> float:
    """Seconds of one INSERT ... SELECT of as many rows."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        began = time.perf_counter()
        cursor.execute(PLAN)
        return time.perf_counter() - began


def claim(in_processes: Callable[[Callable[[Any], int], list[Any]], int], workers: int) -> float:
    """Seconds in which so many workers claim and mark them all with SKIP LOCKED, by thousands."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) bench_reminder")
    began = time.perf_counter()
    in_processes(_claim, [1_000] * workers)
    return time.perf_counter() - began


def _claim(batch: int) -> int:
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(CLAIM.format(batch=batch))
            if not (taken := len(cursor.fetchall())):
                return total
            total += taken
