"""The year's board by mouse: a card that is dropped opens the page of that step, or nothing."""

import re

import pytest
from playwright.sync_api import expect

from courses.planning.models import Run
from courses.planning.year_queries import year_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]


def drag(page, card, column):
    """Take the card at its edge and hold it over a column, as a hand does: little by little."""
    at = card.bounding_box()
    page.mouse.move(at["x"] + 8, at["y"] + 8)
    page.mouse.down()
    page.mouse.move(at["x"] + 14, at["y"] + 14, steps=3)
    over(page, column)


def over(page, column):
    """On to another column."""
    at = page.locator(f"[data-column={column}] h2").bounding_box()
    page.mouse.move(at["x"] + 10, at["y"] + 6, steps=5)


def test_a_card_is_dragged_only_where_a_step_leads_and_nothing_is_done_yet(stage, window):
    page = window.open(stage.cast.clara_account, language="ru")
    board = f"/desk/plan/{year_of(stage.full_run.starts_at)}/board/"
    page.goto(board)
    card = page.locator("[data-column=full] .board-card", has_text=stage.full_run.code)
    assert card.get_attribute("draggable") == "true"
    before = list(Run.objects.order_by("pk").values_list("state", "revision"))

    drag(page, card, "published")
    allowed = page.locator(".pile-target").evaluate_all("all => all.map(p => p.dataset.column)")
    assert sorted(allowed) == ["at_risk", "published"]
    expect(page.locator(".pile-over")).to_have_attribute("data-column", "published")
    over(page, "done")
    page.mouse.up()

    expect(page).to_have_url(re.compile(board))
    expect(page.locator(".pile-target")).to_have_count(0)
    drag(page, card, "published")
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"/desk/runs/{stage.full_run.public_id}/capacity/"))
    assert list(Run.objects.order_by("pk").values_list("state", "revision")) == before
