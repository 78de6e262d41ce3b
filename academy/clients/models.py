"""Other court systems: their keys, what they may read, and what they read."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from oauth2_provider.models import AbstractApplication

from academy.core import ids


class Client(AbstractApplication):
    """Another court system with its own key and its own list of allowed fields."""

    # A client belongs to a system, not to an account; the toolkit's column stays empty.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    public_id = models.UUIDField(default=ids.public_id, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    projection = models.CharField(max_length=40, default="minimal")
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.name)


class Disclosure(models.Model):
    """One read of people's data by a client: what was asked, under which projection.

    One row per read, resolved to the person on view: `person_id` when it was about one person, else
    the range that was read.
    """

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    at = models.DateTimeField()
    resource = models.CharField(max_length=40)
    projection = models.CharField(max_length=40)
    person_id = models.UUIDField(null=True, db_index=True)
    people = ArrayField(models.UUIDField(), default=list)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-id"], name="disclosure_client"),
            GinIndex(fields=["people"], name="disclosure_people"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} to {self.client_id}"
