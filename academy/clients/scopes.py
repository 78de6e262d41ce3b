"""The scopes that another system can be given, and how the token endpoint hands them out."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oauth2_provider.scopes import BaseScopes

SCOPES: dict[str, str | Promise] = {
    "courses:read": _("The catalogue and its runs; they are public, so this opens nothing more."),
    "runs:write": _("Plan, publish and cancel runs; finalise them on behalf of a named person."),
    "enrollments:read": _("Enrolments, through the client's projection."),
    "enrollments:write": _("Enrol, withdraw, accept, decline and confirm for a named person."),
    "decisions:write": _("Read and answer decisions on behalf of the person who decides."),
    "marks:write": _("Record attendance and results of tests on behalf of a named trainer."),
    "certificates:write": _("Revoke and replace certificates on behalf of a named registrar."),
    "courses:write": _("Submit, publish and archive courses."),
    "credits:read": _("Transcripts, yearly sheets and requirements, through the projection."),
    "people:read": _("People and their posts."),
    "people:provision": _("Bring people and their posts in and up to date, as the HR system."),
    "roles:provision": _("Say which accounts are trainers, registrars and auditors."),
    "courts:read": _("Courts and their regions."),
    "imports:write": _("Send files of people, courts and courses, and read what came of them."),
    "webhooks:write": _("Addresses that are called when something happens, with their log."),
    "rosters:read": _("Who learns and teaches in which run, with names, as OneRoster files."),
    "exports:write": _("Files of whole lists, each within the scope of its kind."),
    "blocked-days:read": _("On which days people of a court are in training, without the course."),
    "events:read": _("The change feed, through the client's projection."),
}


NO_CHANGE = frozenset({"webhooks:write", "exports:write"})
"""To be woken, and to have a file made of what may be read anyway: nothing of ours changes."""


def taking_part(scopes: Iterable[str]) -> list[str]:
    """Those of the scopes with which a system does more than read."""
    return sorted(one for one in set(scopes) - NO_CHANGE if not one.endswith(":read"))


class ClientScopes(BaseScopes):
    """Each client has its own list of scopes; a token carries all of it, or the part asked for."""

    def get_all_scopes(self) -> dict[str, str | Promise]:
        """Every scope and what it opens."""
        return SCOPES

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What this client may ask for."""
        return list(application.scopes) if application is not None else list(SCOPES)

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What it gets when it asks for nothing in particular."""
        return self.get_available_scopes(application)
