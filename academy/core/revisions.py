"""Whether a command was decided on the present state of what it changes. Pure."""

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Stale


def check_revision(present: int, read: int | None) -> None:
    """Refuse a command that was decided on an older state; without a revision read, none is."""
    if read is not None and read != present:
        raise Stale("stale", _("This has changed since you read it; read it again."))
