"""What those who teach share with those who take part: words to all of them, files and links."""

from django.db import models
from django.db.models import Q

from academy.core import ids
from academy.people.models import Person
from courses.planning.models import Run


class Notice(models.Model):
    """Words of a trainer to everybody with a seat in the run. Erasable: the ledger names the id.

    `nonce` comes from the page: what is sent twice is one notice.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    nonce = models.UUIDField(unique=True)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.public_id)


class Material(models.Model):
    """A file or a link of a run, for those with a seat and those who teach; nobody else.

    The file lies in the store under its own id; `name` is how people see it.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="materials")
    name = models.CharField(max_length=150)
    url = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to="materials/", max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.IntegerField(default=0)  # bytes
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="", size__gt=0) | Q(file="", size=0) & ~Q(url=""),
                name="material_is_file_or_link",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
