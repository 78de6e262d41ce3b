"""One word for one thing (the glossary is in the README). Screen texts are the translators'."""

import ast
import re

import pytest

from tests.architecture.sources import PACKAGES, name_of, python_files, tree_of

pytestmark = pytest.mark.xdist_group("sources")  # one worker reads and parses it all

# A synonym, and the word that this service uses.
SYNONYMS = {
    "enrolment": "enrollment",
    "registration": "enrollment",
    "booking": "enrollment",
    "reservation": "seat",
    "student": "trainee",
    "learner": "trainee",
    "teacher": "trainer",
    "instructor": "trainer",
    "lecturer": "trainer",
    "lesson": "session",
    "workshop": "run",
    "tribunal": "court",
}
WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")


def definitions():
    """The names that we choose: of classes, functions, arguments and columns."""
    for path in python_files(*PACKAGES, "seeds"):
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                    yield f"{name_of(path)}:{node.lineno}", name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield f"{name_of(path)}:{node.lineno}", name


def words(name):
    for word in WORD.findall(name):
        lower = word.lower()
        yield lower
        yield lower.removesuffix("s")


def test_one_word_for_one_thing():
    wrong = {
        f"{place} {name}: say {SYNONYMS[word]}"
        for place, name in definitions()
        for word in words(name)
        if word in SYNONYMS
    }

    assert sorted(wrong) == []
