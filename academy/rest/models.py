"""What the endpoint kit remembers: answers to commands, so that a repeated call is harmless."""

from django.db import models


class IdempotencyKey(models.Model):
    """A command that was carried out, with its answer; commits with the change itself.

    The same key with the same body gets the same answer; with another body it is refused
    (Idempotency-Key header, IETF httpapi working group draft). Kept for 24 hours.
    """

    id = models.BigAutoField(primary_key=True)
    caller = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
