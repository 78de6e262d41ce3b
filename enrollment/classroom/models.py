"""What those who teach share with those who take part: words to all of them, files and links."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from academy.core import ids
from academy.people.models import Person
from courses.planning.models import Run
from enrollment.classroom.enums import Diet
from enrollment.seats.models import Enrollment


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


class Needs(models.Model):
    """What one participant needs on the day: for those who prepare it, and only until then.

    Erased when the run is over or the seat is given up. The ledger names the id of this row and
    not the person's, so that nothing is left that says who told of a need.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="needs")
    access = models.TextField(max_length=1000, blank=True)
    diets = ArrayField(models.CharField(max_length=20, choices=Diet.choices), default=list)
    diet_note = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "needs"

    def __str__(self) -> str:
        return str(self.public_id)
