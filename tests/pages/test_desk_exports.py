"""The registrar asks for files at the desk, sees how far they are, and fetches them."""

import pytest

from academy.exports import writing
from academy.exports.models import Export
from tests import factories


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EXPORTS_ROOT = tmp_path


def test_a_file_is_asked_for_watched_and_fetched(cast, client):
    factories.run()
    client.force_login(
        cast.clara_account, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    client.cookies["django_language"] = "en"

    asked = client.post("/desk/exports/", {"kind": "runs", "format": "csv"}, follow=True)
    assert "Begins in a moment" in asked.text
    assert "Look again" in asked.text
    writing.write_exports()
    ready = client.get("/desk/exports/").text
    export = Export.objects.get().job.public_id

    assert "Ready" in ready
    assert f"/desk/exports/{export}/" in ready
    file = client.get(f"/desk/exports/{export}/", follow=True)
    assert "attachment" in file["Content-Disposition"]
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbfid,course")


def test_a_form_that_the_list_does_not_have_is_refused_with_a_reason(cast, client):
    client.force_login(
        cast.clara_account, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    client.cookies["django_language"] = "en"

    answer = client.post("/desk/exports/", {"kind": "oneroster", "format": "csv"})

    assert "Files of this kind do not come in this format." in answer.text
    assert Export.objects.count() == 0
