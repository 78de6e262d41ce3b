"""The catalogues of screen texts: collected, compiled and checked without the gettext tools.

Sources are English. Every other language of `settings.LANGUAGES` has one `django.po` that people
edit and one `django.mo` beside it that Django reads and git ignores.
"""

import gettext
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCE_LANGUAGE = "en"

# What each call says about its arguments: (1, 2) singular and plural, "c" the context.
CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TRANSLATOR_COMMENTS = ("Translators:",)

PLACEHOLDER = re.compile(r"%\([^)]*\)[-#0 +]*[\d.]*[a-zA-Z]|%[sdrf]|\{\w*(?:[.!:][^{}]*)?\}")
BLOCK_START = re.compile(r"blocktrans(?:late)?(?:\s|$)")


@dataclass(frozen=True)
class Project:
    """Where the texts are: the packages below `root`, and the folder of the catalogues."""

    root: Path
    packages: tuple[str, ...]
    locale_dir: Path
    languages: tuple[str, ...]

    @property
    def target_languages(self) -> list[str]:
        return [language for language in self.languages if language != SOURCE_LANGUAGE]

    def po_path(self, language: str) -> Path:
        return self.locale_dir / to_locale(language) / "LC_MESSAGES" / "django.po"

    def files(self) -> list[Path]:
        return sorted(path for name in self.packages for path in (self.root / name).rglob("*"))

    def python_files(self) -> list[Path]:
        return [
            path
            for path in self.files()
            if path.suffix == ".py" and "migrations" not in path.parts and path.is_file()
        ]

    def templates(self) -> list[Path]:
        return [
            path
            for path in self.files()
            if "templates" in path.relative_to(self.root).parts and path.is_file()
        ]

    def name_of(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


@dataclass(frozen=True)
class Problem:
    """One thing that keeps the catalogues from being complete, with the place to mend it."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


# Collecting


def collect(project: Project) -> Catalog:
    """Every text of the sources, with the files that it stands in."""
    found = Catalog(charset="utf-8")
    for path in project.python_files():
        _add_calls(found, path.read_text("utf-8"), project.name_of(path))
    for path in project.templates():
        calls = templatize(path.read_text("utf-8"), origin=project.name_of(path))
        # Templates indent as they like; Python's tokenizer, which reads the calls, does not.
        _add_calls(found, "\n".join(map(str.lstrip, calls.splitlines())), project.name_of(path))
    return found


def _add_calls(catalog: Catalog, source: str, place: str) -> None:
    calls = babel_extract(
        "python",
        io.BytesIO(source.encode()),
        keywords=CALLS,
        comment_tags=TRANSLATOR_COMMENTS,
    )
    for _line, message, comments, context in calls:
        catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)


def merge(project: Project, language: str, found: Catalog) -> Catalog:
    """The language's catalogue brought up to date. Never guesses: a new text starts empty."""
    catalog = read(project, language)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def read(project: Project, language: str) -> Catalog:
    path = project.po_path(language)
    locale = to_locale(language)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, charset="utf-8", abort_invalid=True)


def rendered(catalog: Catalog) -> bytes:
    """The file's bytes: sorted, unwrapped, without dates and line numbers, so diffs stay small."""
    header = (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def extract(project: Project, *, drop_obsolete: bool = False) -> Iterator[tuple[Path, Catalog]]:
    """Writes every language's catalogue. Texts that left the sources stay as comments (`#~`), to be
    reused in the reworded entry, until they are dropped."""
    found = collect(project)
    for language in project.target_languages:
        catalog = merge(project, language, found)
        if drop_obsolete:
            catalog.obsolete.clear()
        path = project.po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered(catalog))
        yield path, catalog


# Compiling


def compile_all(project: Project) -> list[Path]:
    """Writes the `.mo` of every catalogue that is newer than it; gives back what was written."""
    return [
        _compile(project, language)
        for language in project.target_languages
        if _is_stale(project.po_path(language))
    ]


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return po.exists() and not (mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns)


def _compile(project: Project, language: str) -> Path:
    mo = project.po_path(language).with_suffix(".mo")
    unfinished = mo.with_suffix(f".{os.getpid()}.mo.new")  # two may compile at once
    with unfinished.open("wb") as file:
        write_mo(file, read(project, language))
    # In one step: a server that starts meanwhile reads the old file or the new one, never half.
    unfinished.replace(mo)
    return mo


# Checking


def check(project: Project) -> list[Problem]:
    """Everything that a reader could stumble over, in every language."""
    problems = list(untrimmed_blocks(project))
    found = collect(project)
    for language in project.target_languages:
        problems += _check_language(project, language, found)
    return problems


def untrimmed_blocks(project: Project) -> Iterator[Problem]:
    """A block without `trimmed` puts the template's line breaks into the text to translate."""
    for path in project.templates():
        for token in Lexer(path.read_text("utf-8")).tokenize():
            is_block = token.token_type == TokenType.BLOCK and BLOCK_START.match(token.contents)
            if is_block and "trimmed" not in token.split_contents():
                place = f"{project.name_of(path)}:{token.lineno}"
                yield Problem(place, "this blocktranslate needs `trimmed`")


def _check_language(project: Project, language: str, found: Catalog) -> list[Problem]:
    path = project.po_path(language)
    place = project.name_of(path)
    if not path.exists():
        return [Problem(place, "there is no such catalogue; run `manage.py translations extract`")]
    try:
        catalog = read(project, language)
    except PoFileError as error:
        return [Problem(place, str(error))]

    expected = Catalog(locale=to_locale(language))
    if catalog.plural_forms != expected.plural_forms:
        return [Problem(place, f"the plural rule must read `{expected.plural_forms}`")]
    merged = merge(project, language, found)
    problems = [
        Problem(f"{place}: {_name(message)}", fault)
        for message in merged
        if message.id
        for fault in faults(message, merged)
    ]
    problems += [
        Problem(f"{place}: {_name(message)}", "obsolete: no source holds this text")
        for message in merged.obsolete.values()
    ]
    if rendered(merged) != path.read_bytes():
        problems.append(Problem(place, "out of date; run `manage.py translations extract`"))
    return problems


def faults(message: Message, catalog: Catalog) -> Iterator[str]:
    """What is wrong with one entry."""
    forms = _forms(message)
    if message.fuzzy:
        yield "fuzzy: somebody must decide"
    if not all(forms):
        yield "missing"
        return
    if message.pluralizable and len(forms) != catalog.num_plurals:
        yield f"needs {catalog.num_plurals} plural forms and has {len(forms)}"
        return
    for index, form in enumerate(forms):
        if placeholders(form) not in _allowed_placeholders(message, index, catalog):
            yield f"other placeholders than the source in {form!r}"


def placeholders(text: str) -> Counter[str]:
    """What the program fills in: `%(name)s`, `%s`, `{name}`. Their order is the translator's."""
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def _allowed_placeholders(message: Message, index: int, catalog: Catalog) -> list[Counter[str]]:
    """A form that is used for one number only may leave the number out, as the source's singular
    may ("one seat"); a form used for 1, 21, 31 may not."""
    if not message.pluralizable:
        return [placeholders(str(message.id))]
    singular, plural = message.id[0], message.id[1]
    rule: Callable[[int], int] = gettext.c2py(catalog.plural_expr)
    numbers = [number for number in range(200) if rule(number) == index]
    sources = [singular, plural] if len(numbers) == 1 else [plural]
    return [placeholders(source) for source in sources]


def _forms(message: Message) -> tuple[str, ...]:
    if message.pluralizable:
        return tuple(message.string or ("",))
    return (str(message.string or ""),)


def _name(message: Message) -> str:
    text = message.id[0] if message.pluralizable else message.id
    return f"{text!r} ({message.context})" if message.context else repr(text)
