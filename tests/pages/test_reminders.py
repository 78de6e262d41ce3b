"""The registrar's rules of reminding: looked at before they are kept."""

import pytest

from academy.ledger.models import Event
from enrollment.reminders.actions import RuleSeed, install_rules
from enrollment.reminders.models import ReminderRule
from tests import factories
from tests.enrollment.stage import DAY, ask

FORM = {
    "code": "three-days", "anchor": "run_start", "recipient": "trainee", "distance": "3",
    "unit": "days", "side": "before", "at_time": "09:00", "useless_after_hours": "48",
    "is_active": "on", "names_en": "Three days before", "names_kk": "Үш күн бұрын",
    "names_ru": "За три дня", "titles_en": "Soon: {course}",
}  # fmt: skip


@pytest.fixture
def desk(browser):
    return browser(factories.account("clara", role="registrar"))


@pytest.fixture
def rule(db):
    install_rules([RuleSeed("week", {"en": "A week before"}, "run_start", "trainee", -168)])
    return ReminderRule.objects.get()


def test_the_list_says_how_many_each_rule_would_tell(desk, rule):
    ask(factories.run(seats=None, starts_in=20 * DAY))

    page = desk.get("/desk/reminders/").content.decode()

    assert "168 hours" in " ".join(page.split())
    assert 'data-label="In the next 30 days" class="number">1<' in "".join(
        " ".join(page.split()).replace("> ", ">").replace(" <", "<")
    )


def test_the_month_ahead_names_who_is_told(desk, rule):
    claim = ask(factories.run(seats=None, starts_in=20 * DAY))

    page = desk.get("/desk/reminders/next/").content.decode()

    assert claim.person.family_name in page
    assert "A week before" in page


def test_a_preview_changes_nothing_and_shows_people_and_words(desk):
    claim = ask(factories.run(seats=None, starts_in=20 * DAY))
    events = Event.objects.count()

    page = desk.post("/desk/reminders/new/", {**FORM, "preview": "1"}).content.decode()

    assert claim.person.family_name in page
    assert "Soon: Reasoning of judgments" in page
    assert "Nothing is saved yet." in page
    assert (ReminderRule.objects.count(), Event.objects.count()) == (0, events)


def test_a_rule_is_added_and_then_edited(desk):
    assert desk.post("/desk/reminders/new/", {**FORM, "save": "1"}).status_code == 303
    rule = ReminderRule.objects.get()
    assert (rule.offset, rule.titles) == (-3, {"en": "Soon: {course}"})

    changed = {**FORM, "distance": "4", "revision": "1", "save": "1"}
    assert desk.post("/desk/reminders/three-days/", changed).status_code == 303

    rule.refresh_from_db()
    assert (rule.offset, rule.revision) == (-4, 2)
    types = Event.objects.order_by("id").values_list("type", flat=True)
    assert list(types)[-2:] == ["reminder_rule.added", "reminder_rule.changed"]


def test_a_rule_that_cannot_be_kept_says_why_and_keeps_what_was_typed(desk):
    bad = {**FORM, "side": "after", "titles_en": "{secret}", "save": "1"}

    page = desk.post("/desk/reminders/new/", bad).content.decode()

    assert "This can only be told before" in page
    assert "These words in braces are not known: secret" in page
    assert "За три дня" in page
    assert not ReminderRule.objects.exists()
