"""Keep the index true to the catalogue: one course or a million by the same statements."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from academy.core import texts
from courses.search.models import (
    CatalogueWord,
    CourseIndex,
    CourseTitle,
    CourseWord,
    FacetCount,
)
from courses.search.rules import CAP, FREQUENT, STEMMERS

BATCH = 20_000
REVISION_LOCK = 7_301_002

# Weights of ts_rank for D, C, B, A: the provider, the topics, the summary, the title.
WEIGHTS = "'{0.05, 0.15, 0.3, 1.0}'::real[]"

# Between two texts, so that the end of one and the beginning of the next are no phrase.
GAP = " || $$'¦':1$$::tsvector || "

REMOVE = """
WITH gone AS (
    DELETE FROM courses_courseindex WHERE course_id = ANY(%(courses)s) RETURNING *
), titles AS (
    DELETE FROM courses_coursetitle WHERE course_id = ANY(%(courses)s)
), listed AS (
    DELETE FROM courses_courseword WHERE course_id = ANY(%(courses)s)
), words AS (
    SELECT word, count(*) AS courses
      FROM gone, unnest(tsvector_to_array(vector)) word GROUP BY word ORDER BY word
), counted AS (
    UPDATE courses_catalogueword w SET courses = w.courses - words.courses
      FROM words WHERE w.word = words.word
)
UPDATE courses_facetcount f SET courses = f.courses - lost.courses
  FROM ({values}) lost WHERE f.facet = lost.facet AND f.value = lost.value
"""

ADD = """
WITH texts AS (
    SELECT course.id AS course_id, course.code, version.format_id, provider.code AS provider,
           provider.names AS provider_names, version.title, version.languages,
           version.id AS version_id, version.summary, version.objectives,
           (SELECT coalesce(jsonb_agg(t.names), '[]') FROM courses_courseversion_topics x
              JOIN courses_topic t ON t.id = x.topic_id
             WHERE x.courseversion_id = version.id) AS topic_names
      FROM courses_course course
      JOIN courses_courseversion version ON version.id = course.current_id
      JOIN courses_organisation provider ON provider.id = course.provider_id
     WHERE course.id = ANY(%(courses)s) AND course.status = 'published'
)
INSERT INTO courses_courseindex (course_id, vector, topics, audiences, languages, format, provider,
                                 next_run_at, open_until)
SELECT course_id, {vector},
       ARRAY(SELECT t.code FROM courses_courseversion_topics x
               JOIN courses_topic t ON t.id = x.topic_id
              WHERE x.courseversion_id = version_id ORDER BY t.code),
       ARRAY(SELECT a.code FROM courses_courseversion_audiences x
               JOIN courses_audience a ON a.id = x.audience_id
              WHERE x.courseversion_id = version_id ORDER BY a.code),
       languages, (SELECT code FROM courses_format WHERE id = format_id), provider,
       coalesce(runs.next_run_at, '9999-12-31 00:00:00+00'), runs.open_until
  FROM texts
 CROSS JOIN LATERAL (
       SELECT min(starts_at) AS next_run_at, max(enrollment_closes_at) AS open_until
         FROM courses_run
        WHERE course_id = texts.course_id AND state IN ('published', 'going_ahead')) runs
"""

ADD_TITLES = """
INSERT INTO courses_coursetitle (course_id, language, sort_key)
SELECT course.id, language,
       academy_sort_key(left(coalesce(nullif(version.title ->> language, ''), {any_title}), 200))
  FROM courses_course course
  JOIN courses_courseversion version ON version.id = course.current_id
 CROSS JOIN unnest(%(languages)s::text[]) language
 WHERE course.id = ANY(%(courses)s) AND course.status = 'published'
"""

# Counted and locked in the order of the words, so that two writers cannot cross.
COUNT_WORDS = """
INSERT INTO courses_catalogueword AS known (word, courses, spelling)
SELECT left(word, 255), count(*), ''
  FROM courses_courseindex, unnest(tsvector_to_array(vector)) word
 WHERE course_id = ANY(%(courses)s)
 GROUP BY 1 ORDER BY 1
ON CONFLICT (word) DO UPDATE SET courses = known.courses + excluded.courses
"""

SPELL_WORDS = """
UPDATE courses_catalogueword known SET spelling = fresh.spelling
  FROM (SELECT academy_fold(written) AS word, min(left(written, 255)) AS spelling
          FROM courses_course course
          JOIN courses_courseversion version ON version.id = course.current_id,
               LATERAL jsonb_each_text(version.title || version.summary) text,
               LATERAL regexp_split_to_table({words}, ' ') written
         WHERE course.id = ANY(%(courses)s) GROUP BY 1) fresh
 WHERE known.word = fresh.word AND known.spelling = ''
"""

COUNT_FACETS = """
INSERT INTO courses_facetcount AS known (facet, value, courses)
{values} ORDER BY 1, 2
ON CONFLICT (facet, value) DO UPDATE SET courses = known.courses + excluded.courses
"""

# A word that has just become frequent gets its list of the best; one that has a list gets the new
# courses that are good enough for it.
LIST_NEW_WORDS = """
INSERT INTO courses_courseword (word, score, course_id)
SELECT frequent.word, best.score, best.course_id
  FROM courses_catalogueword frequent
 CROSS JOIN LATERAL (
       SELECT course_id, {score} AS score FROM courses_courseindex
        WHERE vector @@ (quote_literal(frequent.word))::tsquery
        ORDER BY score DESC, course_id LIMIT %(cap)s) best
 WHERE frequent.courses > %(frequent)s
   AND NOT EXISTS (SELECT FROM courses_courseword WHERE word = frequent.word)
"""
EXTEND_LISTS = """
INSERT INTO courses_courseword (word, score, course_id)
SELECT frequent.word, {score}, course_id
  FROM courses_courseindex, unnest(tsvector_to_array(vector)) lexeme
  JOIN courses_catalogueword frequent ON frequent.word = lexeme
 WHERE course_id = ANY(%(courses)s) AND frequent.courses > %(frequent)s
   AND EXISTS (SELECT FROM courses_courseword WHERE word = frequent.word)
   AND {score} >= coalesce((SELECT score FROM courses_courseword WHERE word = frequent.word
                             ORDER BY score DESC, course_id OFFSET %(cap)s - 1 LIMIT 1), 0)
"""

BUMP = """
INSERT INTO courses_cataloguerevision AS known (id, revision) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET revision = known.revision + 1 RETURNING revision
"""

REFRESH_RUNS = """
UPDATE courses_courseindex SET next_run_at = fresh.next_run_at, open_until = fresh.open_until
  FROM (SELECT course.id, runs.*
          FROM unnest(%(courses)s::bigint[]) course (id)
         CROSS JOIN LATERAL (
               SELECT coalesce(min(starts_at), '9999-12-31 00:00:00+00') AS next_run_at,
                      max(enrollment_closes_at) AS open_until
                 FROM courses_run
                WHERE course_id = course.id AND state IN ('published', 'going_ahead')) runs) fresh
 WHERE courses_courseindex.course_id = fresh.id
   AND (courses_courseindex.next_run_at, courses_courseindex.open_until)
       IS DISTINCT FROM (fresh.next_run_at, fresh.open_until)
"""


def words_of(text: str) -> str:
    """SQL: a text without punctuation, in which codes and compound words are words of their own."""
    return rf"regexp_replace(replace(lower({text}), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g')"


def folded(text: str) -> str:
    """SQL: the same text folded word by word, so that Latin words in it stay Latin."""
    return (
        f"(SELECT coalesce(string_agg(academy_fold(word), ' '), '')"
        f" FROM regexp_split_to_table({words_of(text)}, ' ') word)"
    )


def vector_of(text: str, weight: str, language: str = "") -> str:
    """SQL: the folded words of a text and, where PostgreSQL has a stemmer for it, their stems."""
    parts = [f"to_tsvector('simple', {folded(text)})"]
    if language in STEMMERS:
        parts.append(f"to_tsvector('{STEMMERS[language]}', {words_of(text)})")
    return GAP.join(f"setweight({part}, '{weight}')" for part in parts)


def _vector() -> str:
    parts = [vector_of("code", "A")]
    for language in texts.languages():
        said = f"coalesce({{}} ->> '{language}', '')"
        listed = f"(SELECT coalesce(string_agg(n ->> '{language}', ' '), '') FROM {{}} n)"
        parts += [
            vector_of(said.format("title"), "A", language),
            vector_of(said.format("summary"), "B", language),
            vector_of(said.format("objectives"), "B", language),
            vector_of(listed.format("jsonb_array_elements(topic_names)"), "C", language),
            vector_of(said.format("provider_names"), "D", language),
        ]
    return f"ts_delete({GAP.join(parts)}, '¦')"


def _score(word: str) -> str:
    return f"(1000000 * ts_rank({WEIGHTS}, vector, (quote_literal({word}))::tsquery))::int"


def _any_title() -> str:
    return ", ".join(f"nullif(version.title ->> '{code}', '')" for code in texts.languages())


FACETS = ("topics", "audiences", "languages", "format", "provider")


def _facet_values(rows: str) -> str:
    several = [
        f"SELECT '{name}' AS facet, value, count(*) AS courses FROM {rows}, unnest({name}) value"
        " GROUP BY value"
        for name in FACETS[:3]
    ]
    single = [
        f"SELECT '{name}', {name}, count(*) FROM {rows} GROUP BY {name}" for name in FACETS[3:]
    ]
    return " UNION ALL ".join([*several, *single, f"SELECT 'all', '', count(*) FROM {rows}"])


def reindex_courses(courses: Sequence[int]) -> int:
    """Rebuild the index rows of these courses, in batches; how many rows were written.

    A course that left the catalogue loses its row. The counts of words and facets move by the
    difference, so that one course costs the same in a small and in a huge catalogue.
    """
    return sum(_reindex(courses[start : start + BATCH]) for start in range(0, len(courses), BATCH))


def _reindex(courses: Sequence[int]) -> int:
    values: dict[str, Any] = {
        "courses": sorted(courses),
        "languages": list(texts.languages()),
        "frequent": FREQUENT,
        "cap": CAP,
    }
    mine = "(SELECT * FROM courses_courseindex WHERE course_id = ANY(%(courses)s)) mine"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REVISION_LOCK])
        cursor.execute(REMOVE.format(values=_facet_values("gone")), values)
        cursor.execute(ADD.format(vector=_vector()), values)
        written = cursor.rowcount
        cursor.execute(ADD_TITLES.format(any_title=_any_title()), values)
        cursor.execute(COUNT_WORDS, values)
        cursor.execute(SPELL_WORDS.format(words=words_of("text.value")), values)
        cursor.execute(COUNT_FACETS.format(values=_facet_values(mine)), values)
        cursor.execute(EXTEND_LISTS.format(score=_score("frequent.word")), values)
        cursor.execute(LIST_NEW_WORDS.format(score=_score("frequent.word")), values)
        cursor.execute(BUMP)
    return int(written)


def reindex_everything() -> int:
    """Build the whole index anew; how many courses it holds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REVISION_LOCK])
        for table in (CourseIndex, CourseTitle, CourseWord, CatalogueWord, FacetCount):
            table.objects.all().delete()
        cursor.execute("SELECT id FROM courses_course WHERE status = 'published' ORDER BY id")
        return reindex_courses([pk for (pk,) in cursor.fetchall()])


def refresh_runs(courses: Sequence[int]) -> int:
    """Note when the next runs of these courses start and take people; how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH_RUNS, {"courses": sorted(courses)})
        return int(cursor.rowcount)


def bump_revision() -> int:
    """Say that catalogue pages may look different now; the new number."""
    with connection.cursor() as cursor:
        cursor.execute(BUMP)
        return int(cursor.fetchone()[0])
