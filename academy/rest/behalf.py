"""A system acts in the right of a person that it names: it can do what they may, and no more."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from academy.access.queries import Viewer, viewer_of_person
from academy.core import clock
from academy.core.errors import Forbidden
from academy.rest.permissions import Needs


class NobodyNamed(APIException):
    """A system without a person whose right it could use."""

    status_code = 400
    default_code = "on_behalf_of_missing"
    default_detail = _("Name the person in whose right you act: On-Behalf-Of, with their id.")


def person_named(sent: str, needs: Needs | None) -> Viewer:
    """The person whom a system names, with the rights of today.

    Refuses who is nobody here, or may not do this: unknown and forbidden look alike.
    """
    try:
        wanted = UUID(sent)
    except ValueError as error:
        raise NobodyNamed from error
    now = clock.now()
    named = viewer_of_person(wanted, now=now, today=now.date())
    if needs is None or not needs.met_by(named):
        raise Forbidden("not_on_their_behalf", _("This person may not do this here."))
    return named
