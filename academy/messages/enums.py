"""What people may choose about what we send them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Convenience(TextChoices):
    """Where what is not duty goes."""

    MAIL = "mail", _("By e-mail, and on the page of messages")
    TEXT = "text", _("By text message that there is something new, and on the page of messages")
    PAGE = "page", _("Only on the page of messages")
    OFF = "off", _("Not at all")
