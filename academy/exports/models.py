"""What an export remembers beside its job: for whom, how far it is, and how long it lies ready."""

from django.db import models

from academy.clients.models import Client
from academy.exports.enums import Format
from academy.jobs.models import Job


class Export(models.Model):
    """A file that somebody asked for.

    `written` is how much of the spool is safe: the sheet, the key after which to go on, and its
    bytes. What a killed worker wrote behind that is cut off, and the next one goes on from there.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    projection = models.CharField(max_length=40)
    format = models.CharField(max_length=10, choices=Format.choices)
    is_compressed = models.BooleanField(default=False)
    since = models.BigIntegerField(null=True)
    until = models.BigIntegerField()
    written = models.JSONField(default=dict)
    lease_until = models.DateTimeField(null=True)
    bytes = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="export_expires",
                condition=models.Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job.kind} {self.format}"
