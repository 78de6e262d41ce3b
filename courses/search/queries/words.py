"""What the catalogue knows about the words that somebody typed, in one statement."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from academy.core import texts
from courses.search import rules
from courses.search.rules import FREQUENT, STEMMERS, Parsed, Source, WordFacts, fold

MIN_PREFIX = 2  # one letter begins too many words to mean anything
MIN_MENDABLE = 4  # trigrams of a shorter word say nothing
SIMILAR = 0.35

# For each word: the rows of the catalogue's word list that it stands for (itself, its stems, and,
# for the word still being typed, the words that it begins). If there are none: a word of which two
# letters were changed over, else the most similar one.
FACTS = """
SELECT typed.number, coalesce(known.courses, 0), coalesce(known.lexemes, '{{}}'),
       CASE WHEN known.courses IS NULL AND length(typed.word) >= {mendable} THEN coalesce(
            (SELECT spelling FROM courses_catalogueword
              WHERE word = ANY(string_to_array(typed.slips, ' ')) AND spelling <> '' AND courses > 0
              ORDER BY courses DESC LIMIT 1),
            (SELECT spelling FROM courses_catalogueword
              WHERE spelling <> '' AND courses > 0 AND word %% typed.word
                AND similarity(word, typed.word) >= {similar}
              ORDER BY similarity(word, typed.word) DESC, courses DESC LIMIT 1)) END
  FROM unnest(%(words)s::text[], %(folded)s::text[], %(slips)s::text[], %(last)s::boolean[])
       WITH ORDINALITY typed (raw, word, slips, is_last, number)
 CROSS JOIN LATERAL (
       SELECT max(courses) AS courses,
              array_agg(word ORDER BY courses DESC) FILTER (WHERE courses > {frequent}) AS lexemes
         FROM (SELECT word, courses FROM courses_catalogueword
                WHERE courses > 0 AND word = ANY(ARRAY[typed.word] || {stems})
               UNION
               (SELECT word, courses FROM courses_catalogueword
                 WHERE courses > 0 AND typed.is_last AND length(typed.word) >= {prefix}
                   AND word ^@ typed.word
                 ORDER BY courses DESC LIMIT 5)) rows) known
 ORDER BY typed.number
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The question as it is answered: perhaps mended, and where to look for it."""

    parsed: Parsed
    is_mended: bool = False
    source: Source = field(default_factory=Source)


def understand(text: str) -> Words:
    """What was meant by the text, as far as the catalogue's words tell."""
    parsed = rules.parse(text)
    if not parsed.words:
        return Words(parsed)
    other = rules.parse(rules.other_layout(text)).words
    facts = _facts(parsed.words, other)
    typed, rekeyed = facts[: len(parsed.words)], facts[len(parsed.words) :]
    mended = rules.mend(parsed, typed, rekeyed)
    if mended == parsed:
        return Words(parsed, source=rules.choose_source([] if parsed.phrases else typed))
    used = rekeyed if mended.words == other else []
    return Words(mended, is_mended=True, source=rules.choose_source(used))


def _facts(words: tuple[str, ...], other: tuple[str, ...]) -> list[WordFacts]:
    both = (*words, *other)
    ends = {len(words) - 1, len(both) - 1}
    values: dict[str, Any] = {
        "words": [word.replace("ё", "е") for word in both],
        "folded": [fold(word) for word in both],
        "slips": [" ".join(rules.slips(fold(word))) for word in both],
        "last": [number in ends for number in range(len(both))],
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        return [
            WordFacts(both[number - 1], courses, tuple(lexemes), suggestion or "")
            for number, courses, lexemes, suggestion in cursor.fetchall()
        ]


def _statement() -> str:
    stems = " || ".join(
        f"tsvector_to_array(to_tsvector('{STEMMERS[language]}', typed.raw))"
        for language in texts.languages()
        if language in STEMMERS
    )
    return FACTS.format(
        stems=stems or "'{}'::text[]",
        frequent=FREQUENT,
        prefix=MIN_PREFIX,
        mendable=MIN_MENDABLE,
        similar=SIMILAR,
    )


def query_of(parsed: Parsed) -> tuple[str, dict[str, Any]]:
    """SQL of the text query and its values: every word in any language, the last as a beginning.

    Somebody without Kazakh letters finds Kazakh words, because the folded word is looked for among
    folded words; somebody who types another case of a Russian word finds it by its stem.
    """
    parts: list[str] = []
    values: dict[str, Any] = {}
    for number, word in enumerate(parsed.words):
        name = f"word{number}"
        values |= {name: word.replace("ё", "е"), f"{name}f": f"'{fold(word)}'"}
        is_last = number == len(parsed.words) - 1 and len(word) >= MIN_PREFIX
        if is_last:
            values[f"{name}f"] += ":*"
        parts.append(_any_language(f"plainto_tsquery({{}}, %({name})s)", f"%({name}f)s::tsquery"))
    for number, phrase in enumerate(parsed.phrases):
        name = f"phrase{number}"
        values |= {name: phrase.replace("ё", "е")}
        values |= {f"{name}f": " ".join(fold(word) for word in phrase.split())}
        exact = f"phraseto_tsquery('simple', %({name}f)s)"
        parts.append(_any_language(f"phraseto_tsquery({{}}, %({name})s)", exact))
    return " && ".join(f"({part})" for part in parts), values


def _any_language(stemmed: str, exact: str) -> str:
    languages = [code for code in texts.languages() if code in STEMMERS]
    return " || ".join([exact, *(stemmed.format(f"'{STEMMERS[code]}'") for code in languages)])
