import gettext as gnu
import os

import pytest
from babel.messages.pofile import read_po

from academy.config import translations
from academy.config.state import ROOT
from academy.config.translations import Project, placeholders

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext

# Translators: on the button that takes a seat
ENROLL = _("Enrol")
FULL = gettext_lazy(
    "This run is full. "
    "You are number %(number)s on the waiting list."
)
SEATS = ngettext("%(count)s seat", "%(count)s seats", 3)
MAY = pgettext("month", "May")
HOURS = npgettext("credit", "one hour", "{count} hours", 2)
"""

TEMPLATE = """
{% load i18n %}
  {% translate "Sign in" %}
      <a title="{% translate 'May' context 'month' %}">{{ _("Help") }}</a>
  {# Translators: heading of the roster #}
  {% blocktranslate trimmed count number=seats|length with run=run.title %}
    One person in {{ run }}
  {% plural %}
    {{ number }} people in {{ run }}
  {% endblocktranslate %}
  {% blocktranslate trimmed %}
    It's 100% yours,
    "really".
  {% endblocktranslate %}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shop" / "templates").mkdir(parents=True)
    (tmp_path / "shop" / "views.py").write_text(PYTHON)
    (tmp_path / "shop" / "templates" / "page.html").write_text(TEMPLATE)
    return Project(tmp_path, ("shop",), tmp_path / "locale", ("kk", "ru", "en"))


def extract(project, **options):
    return dict(translations.extract(project, **options))


def fill(project, language, old, new):
    path = project.po_path(language)
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def faults(project, language="kk"):
    """The problems of one language that are more than a text nobody has translated yet."""
    place = project.name_of(project.po_path(language))
    return [
        str(problem).removeprefix(f"{place}: ")
        for problem in translations.check(project)
        if problem.place.startswith(place) and problem.what != "missing"
    ]


def test_collects_calls_and_tags_with_contexts_plurals_and_comments(project):
    found = translations.collect(project)

    texts = {(message.context, message.id) for message in found if message.id}
    assert texts == {
        (None, "Enrol"),
        (None, "This run is full. You are number %(number)s on the waiting list."),
        (None, ("%(count)s seat", "%(count)s seats")),
        ("month", "May"),
        ("credit", ("one hour", "{count} hours")),
        (None, "Sign in"),
        (None, "Help"),
        (None, ("One person in %(run)s", "%(number)s people in %(run)s")),
        (None, 'It\'s 100%% yours, "really".'),
    }
    assert found.get("May", "month").locations == [
        ("shop/views.py", 0),
        ("shop/templates/page.html", 0),
    ]
    assert found.get("Enrol").auto_comments == ["Translators: on the button that takes a seat"]


def test_the_source_language_has_no_catalogue(project):
    assert [path.parts[-3] for path in extract(project)] == ["kk", "ru"]


def test_extracting_twice_changes_nothing(project):
    extract(project)
    fill(project, "kk", 'msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "Кіру"')
    first = project.po_path("kk").read_bytes()

    extract(project)

    assert project.po_path("kk").read_bytes() == first


def test_the_file_holds_no_date_and_no_line_number(project):
    extract(project)

    text = project.po_path("ru").read_text("utf-8")
    assert "Date" not in text
    assert "#: shop/templates/page.html\n" in text
    assert '"Plural-Forms: nplurals=3; ' in text


def test_a_reworded_text_starts_empty_and_leaves_the_old_one_at_hand(project):
    extract(project)
    fill(project, "kk", 'msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "Кіру"')
    page = project.root / "shop" / "templates" / "page.html"
    page.write_text(TEMPLATE.replace("Sign in", "Sign in here"))
    assert "out of date; run `manage.py translations extract`" in faults(project)

    extract(project)

    text = project.po_path("kk").read_text("utf-8")
    assert 'msgid "Sign in here"\nmsgstr ""' in text
    assert '#~ msgid "Sign in"\n#~ msgstr "Кіру"' in text
    assert faults(project) == ["'Sign in': obsolete: no source holds this text"]


def test_obsolete_texts_go_when_asked(project):
    extract(project)
    (project.root / "shop" / "views.py").write_text("")

    extract(project, drop_obsolete=True)

    assert "#~" not in project.po_path("kk").read_text("utf-8")
    assert faults(project) == []


def test_check_names_every_missing_text(project):
    extract(project)

    problems = [str(problem) for problem in translations.check(project)]

    assert len(problems) == 2 * 9
    assert "locale/kk/LC_MESSAGES/django.po: 'May' (month): missing" in problems


def test_check_wants_a_catalogue_for_every_language(project):
    problems = [str(problem) for problem in translations.check(project)]

    assert problems == [
        f"locale/{language}/LC_MESSAGES/django.po: there is no such catalogue; "
        "run `manage.py translations extract`"
        for language in ("kk", "ru")
    ]


def test_check_refuses_a_fuzzy_entry(project):
    extract(project)
    fill(
        project,
        "kk",
        'msgid "Sign in"\nmsgstr ""',
        '#, fuzzy\nmsgid "Sign in"\nmsgstr "Кіру"',
    )

    assert "'Sign in': fuzzy: somebody must decide" in faults(project)


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("Сіз %(number)s-сіз.", []),
        ("Сіз тізімдесіз.", ["other placeholders than the source in 'Сіз тізімдесіз.'"]),
        ("%(numer)s", ["other placeholders than the source in '%(numer)s'"]),
    ],
)
def test_check_compares_placeholders(project, translation, fault):
    extract(project)
    source = "This run is full. You are number %(number)s on the waiting list."
    fill(project, "kk", f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{translation}"')

    assert faults(project) == [f"{source!r}: {what}" for what in fault]


def test_only_a_form_for_one_number_may_leave_the_number_out(project):
    extract(project)
    source = 'msgid "one hour"\nmsgid_plural "{count} hours"\n'
    empty = 'msgstr[0] ""\nmsgstr[1] ""\n'
    fill(project, "kk", source + empty, source + 'msgstr[0] "бір"\nmsgstr[1] "{count} сағат"\n')
    fill(
        project,
        "ru",
        source + empty + 'msgstr[2] ""\n',
        source + 'msgstr[0] "один"\nmsgstr[1] "{count} часа"\nmsgstr[2] "{count} часов"\n',
    )

    assert faults(project, "kk") == []
    assert faults(project, "ru") == [
        "'one hour' (credit): other placeholders than the source in 'один'"
    ]


def test_check_refuses_more_forms_than_the_language_has(project):
    extract(project)
    source = 'msgid_plural "%(count)s seats"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    fill(project, "kk", source, source + 'msgstr[2] "артық"\n')

    [problem] = faults(project)
    assert "more translations than num_plurals" in problem


def test_check_refuses_another_plural_rule(project):
    extract(project)
    fill(project, "kk", "nplurals=2; plural=(n != 1);", "nplurals=2; plural=(n > 1);")

    assert faults(project) == ["the plural rule must read `nplurals=2; plural=(n != 1);`"]


def test_check_finds_blocks_without_trimmed(project):
    page = project.root / "shop" / "templates" / "page.html"
    page.write_text("\n{% blocktranslate %}Hello{% endblocktranslate %}")

    problems = [str(problem) for problem in translations.untrimmed_blocks(project)]

    assert problems == ["shop/templates/page.html:2: this blocktranslate needs `trimmed`"]


def test_compiled_catalogues_are_read_by_gettext(project):
    extract(project)
    source = 'msgid "%(count)s seat"\nmsgid_plural "%(count)s seats"\n'
    forms = ["%(count)s место", "%(count)s места", "%(count)s мест"]
    empty = "".join(f'msgstr[{index}] ""\n' for index in range(3))
    filled = "".join(f'msgstr[{index}] "{form}"\n' for index, form in enumerate(forms))
    fill(project, "ru", source + empty, source + filled)

    translations.compile_all(project)

    with project.po_path("ru").with_suffix(".mo").open("rb") as file:
        catalogue = gnu.GNUTranslations(file)
    said = [catalogue.ngettext("%(count)s seat", "%(count)s seats", n) for n in (1, 21, 2, 5)]
    assert said == [forms[0], forms[0], forms[1], forms[2]]


def test_compiles_only_what_is_newer(project):
    extract(project)
    everything = translations.compile_all(project)
    nothing = translations.compile_all(project)
    po = project.po_path("ru")
    later = po.with_suffix(".mo").stat().st_mtime + 1
    os.utime(po, (later, later))

    assert [path.parts[-3] for path in everything] == ["kk", "ru"]
    assert nothing == []
    assert translations.compile_all(project) == [po.with_suffix(".mo")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100% of 5 places", {}),
        ("100%% of %(n)d", {"%(n)d": 1}),
        ("%s and %s", {"%s": 2}),
        ("{name} at {time:%H:%M}", {"{name}": 1, "{time:%H:%M}": 1}),
    ],
)
def test_placeholders(text, found):
    assert placeholders(text) == found


def test_no_catalogue_speaks_another_ones_language():
    """Two alphabets that look alike: merged files have held Kazakh where Russian belongs."""
    path = ROOT / "academy/web/locale/ru/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    kazakh = set("әғқңөұүһі")

    told = {
        message.id: message.string
        for message in catalogue
        if message.id and kazakh & set(str(message.string).lower())
    }

    assert told == {}
