"""What Lighthouse would measure: few bytes, an early first sight, nothing that jumps."""

import pytest

from tests.browser.conftest import NARROW
from tests.browser.measures import opened_slowly
from tests.browser.test_every_page import FIRST_VIEW, account_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

PAINTED = 2500  # ms until the largest part is seen, on a slow line with a slow phone
SHIFT = 20  # thousandths of the screen that may move under the reader
TRIES = 3  # the best counts: how busy the machine of the tests is says nothing of the page
LOOKED_AT = {
    None: (
        "/courses/",
        "/courses/?q=торелиг",
        "/courses/?view=calendar",
        "/courses/SOT-1/",
        "/sign-in/",
        "/verify/",
    ),
    "asel": ("/", "/enrollments/{waiting}/", "/owed/", "/profile/"),
    "timur": ("/desk/", "/desk/runs/{over}/marks/{session}/"),
    "boris": ("/desk/decisions/{decision}/",),
    "clara": ("/desk/plan/{year}/board/", "/desk/figures/"),
}
FIRST_LOOK = {None: ("/courses/",), "asel": ("/",), "timur": ("/desk/",)}


def measure(window, stage, pages, tries):
    """Each page as somebody's first one, on a slow line; the best of some tries."""
    for who, paths in pages.items():
        for path in paths:
            address = path.format(**stage.named())
            found = []
            for _ in range(tries):
                page = window.open(account_of(stage, who), language="kk", width=NARROW)
                found.append(opened_slowly(page, address))
                page.context.close()
                if found[-1].painted <= PAINTED:
                    break
            yield path, min(found, key=lambda one: one.painted)


def test_first_views_are_light_and_still(stage, window):
    for path, found in measure(window, stage, FIRST_LOOK, tries=1):
        assert found.requests >= 4, path
        assert found.bytes < FIRST_VIEW, path
        assert found.shift <= SHIFT, path


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_pages_are_seen_soon_on_a_slow_line(stage, window, record_property):
    wrong = []
    for path, found in measure(window, stage, LOOKED_AT, TRIES):
        for name, number in found.named().items():
            record_property(f"{path} · {name}", number)
        over = found.bytes >= FIRST_VIEW, found.shift > SHIFT, found.painted > PAINTED
        if any(over):
            wrong.append((path, found))

    assert wrong == []
