"""The admin: every table x what somebody with every right may do there past the rooms' actions."""

import pytest
from django.contrib import admin
from django.urls import reverse

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.courts.models import CalendarDay, Region
from academy.ledger.models import Event
from academy.messages.models import MailHost
from tests import factories
from tests.access.pages import Place
from tests.enrollment.stage import sight

EDITED = {
    *("Region", "CourtKind", "CourtLevel", "Position"),
    *("Topic", "Format", "Organisation", "Audience", "Venue"),
}
"""Lists that the institution edits; a code that was used stays, so that nothing is deleted."""
TAKEN_AWAY = {"CalendarDay", "MailHost", "RouteStep"}
OURS = ("academy", "courses", "enrollment")


@pytest.fixture
def root(db, client):
    """A superuser who is a registrar as well: nobody can have more rights."""
    account = Account.objects.create_superuser("root-registrar", factories.PASSWORD)
    RoleGrant.objects.create(account=account, role=Role.REGISTRAR)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    return client


def address(model, what="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def test_only_our_tables_and_failed_sign_ins_are_there():
    labels = {model._meta.app_label for model in admin.site._registry}

    assert labels == {*OURS, "axes"}


def test_every_table_lists_searches_and_lets_change_only_what_the_institution_edits(root):
    Place()
    CalendarDay.objects.create(date="2026-12-16", kind="off")
    MailHost.objects.create(host="example.org", per_minute=10)
    wrong = {}
    for model, table in admin.site._registry.items():
        name, search = model.__name__, "?q=2026" if table.search_fields else ""
        row = model.objects.order_by("pk").first()
        found = {
            "list": root.get(address(model) + search).status_code,
            "add": root.get(address(model, "add")).status_code,
        }
        if row is not None:
            found["read"] = root.get(address(model, "change", row.pk)).status_code
            found["delete"] = root.get(address(model, "delete", row.pk)).status_code
            found["history"] = root.get(address(model, "history", row.pk)).status_code
        expected = {
            "list": 200,
            "add": 200 if name in EDITED | TAKEN_AWAY else 403,
            "read": 200,
            "delete": 200 if name in TAKEN_AWAY else 403,
            "history": 200,
        }
        if any(expected[what] != status for what, status in found.items()):
            wrong[name] = found

    assert wrong == {}


def test_a_change_past_the_rules_is_refused_and_changes_nothing(root):
    place = Place()
    before, state = sight(), place.enrollment.state

    for row in (place.enrollment, place.run, place.cast.asel, place.decision, place.cast.court):
        assert (
            root.post(address(type(row), "change", row.pk), {"state": "closed"}).status_code == 403
        )
        assert root.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403

    place.enrollment.refresh_from_db()
    assert (sight(), place.enrollment.state) == (before, state)


def test_an_edit_of_a_list_is_an_event_and_stands_in_the_history(root):
    region = factories.region("R-9")
    told = {"code": "R-OTHER", "time_zone": "Asia/Almaty", "names_en": "Ninth", "names_kk": "IX"}
    told |= {"short_names_kk": "IX"}

    assert root.post(address(Region, "change", region.pk), told).status_code == 302

    region.refresh_from_db()
    assert (region.code, region.names) == ("R-9", {"kk": "IX", "en": "Ninth"})
    event = Event.objects.get(type="reference.changed")
    assert event.data == {"list": "region", "key": "R-9", "columns": ["names", "short_names"]}
    assert event.actor_id == Account.objects.get(login="root-registrar").public_id
    assert "Ninth" not in str(event.data)
    page = root.get(address(Region, "history", region.pk)).text
    assert "reference.changed" in page
    assert "root-registrar" in page


def test_a_row_that_is_added_or_taken_away_is_an_event_too(root):
    root.post(address(MailHost, "add"), {"host": "example.org", "per_minute": 9})
    host = MailHost.objects.get()
    root.post(address(MailHost, "delete", host.pk), {"post": "yes"})

    types = Event.objects.filter(subject_kind="reference").order_by("id")
    assert list(types.values_list("type", flat=True)) == ["reference.added", "reference.removed"]
    assert len({event.subject_id for event in types}) == 1


def test_commands_call_the_rooms_actions_and_are_the_registrars_alone(root, client):
    asel, boris = factories.person(), factories.person()
    boris.email = ""
    boris.save()
    chosen = {"action": "invite", "_selected_action": [asel.pk, boris.pk]}

    page = root.post(address(type(asel)), chosen, follow=True).text

    assert Event.objects.filter(type="account.invited").count() == 1
    assert "There is no e-mail address to write to." in page
    closed = {"action": "close", "_selected_action": [Account.objects.get(person=asel).pk]}
    root.post(address(Account), closed)
    assert not Account.objects.get(person=asel).is_active

    RoleGrant.objects.all().delete()  # a superuser who is no registrar
    root.post(address(type(asel)), {"action": "invite", "_selected_action": [boris.pk]})
    assert "Invite" not in root.get(address(type(asel))).text


def test_every_table_of_ours_that_may_be_edited_is_named_here():
    editable = {
        model.__name__
        for model, table in admin.site._registry.items()
        if hasattr(table, "tell") and model._meta.app_label in OURS
    }

    assert editable == EDITED | TAKEN_AWAY
