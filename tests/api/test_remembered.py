"""What a stranger sees from memory is what the view would say now, and nobody else's."""

import pytest
from django.conf import settings
from django.test import Client

from academy.rest import remembered
from tests import factories

PAGES = ["/courses/", "/api/v1/courses"]


@pytest.mark.parametrize("page", PAGES)
def test_known_bytes_cost_no_statement(cast, page, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(remembered, "LOOK_EVERY", 3600)
    factories.course()
    first = Client().get(page)

    with django_assert_num_queries(0):
        again = Client().get(page)
        known = Client().get(page, headers={"If-None-Match": first.headers["ETag"]})

    own = {"X-Request-Id"}
    assert again.content == first.content
    assert {k: v for k, v in again.headers.items() if k not in own} == {
        k: v for k, v in first.headers.items() if k not in own
    }
    assert (known.status_code, known.content) == (304, b"")


def test_who_is_signed_in_is_neither_shown_the_memory_nor_kept_in_it(cast):
    stranger = Client().get("/courses/")
    browser = Client()
    browser.force_login(
        cast.asel_account, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    own = browser.get("/courses/")
    after = Client().get("/courses/")

    assert own.content != stranger.content
    assert after.content == stranger.content
    assert "private" in own.headers["Cache-Control"]


def test_each_language_has_its_own_bytes(cast):
    said = set()
    for language in ("kk", "ru", "en", "kk"):
        browser = Client()
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        said.add(browser.get("/courses/").content)

    assert len(said) == 3


def test_a_wrong_token_is_refused_although_the_list_is_known(cast):
    Client().get("/api/v1/courses")

    answer = Client().get("/api/v1/courses", headers={"Authorization": "Bearer nothing"})

    assert answer.status_code == 401
