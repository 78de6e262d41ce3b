"""What the catalogue's lists and search read: derived from published courses, never edited."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from courses.catalogue.models import Course

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "no run is planned", so that lists sort on one column that is never empty."""


class CourseIndex(models.Model):
    """One published course, folded for search. Rebuilt by `search.actions` when it changes.

    `next_run_at` and `open_until` are what the planned runs said when the row was built; what is
    shown to a reader is read from the runs themselves.
    """

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, primary_key=True, related_name="index"
    )
    vector = SearchVectorField()
    topics = ArrayField(models.CharField(max_length=40), default=list)
    audiences = ArrayField(models.CharField(max_length=40), default=list)
    languages = ArrayField(models.CharField(max_length=10), default=list)
    format = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    next_run_at = models.DateTimeField(default=NEVER)
    open_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="courseindex_vector"),
            GinIndex(fields=["topics"], name="courseindex_topics"),
            GinIndex(fields=["audiences"], name="courseindex_audiences"),
            GinIndex(fields=["languages"], name="courseindex_languages"),
            models.Index(fields=["format"], name="courseindex_format"),
            models.Index(fields=["provider"], name="courseindex_provider"),
            models.Index(fields=["next_run_at", "course"], name="courseindex_next_run"),
            models.Index(
                fields=["open_until"],
                name="courseindex_open",
                condition=models.Q(open_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.course_id)


class CourseTitle(models.Model):
    """A course's place in the alphabet of one of the institution's languages."""

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    sort_key = models.TextField(db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["language", "sort_key", "course"], name="coursetitle_sorted"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.language}"


class CatalogueWord(models.Model):
    """A distinct word of the catalogue, folded, or a stem of one, and in how many courses it is.

    Typing errors are mended on these few rows instead of on all titles. `spelling` is the word as
    it is written; it is empty for bare stems, which are never suggested.
    """

    word = models.CharField(max_length=255, primary_key=True, db_collation="C")
    courses = models.IntegerField(default=0)
    spelling = models.CharField(max_length=255, blank=True)

    class Meta:
        indexes = [
            GinIndex(
                fields=["word"],
                name="catalogueword_trgm",
                opclasses=["gin_trgm_ops"],
                condition=~models.Q(spelling=""),
            ),
        ]

    def __str__(self) -> str:
        return self.word


class CourseWord(models.Model):
    """The best courses for a word that is in very many: read from the top, at any catalogue size.

    Words that are in few courses have no rows here; the vectors' index answers them as fast.
    """

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=255, db_collation="C")
    score = models.IntegerField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["word", "-score", "course"], name="courseword_best"),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.score}"


class FacetCount(models.Model):
    """How many published courses have one value of one facet: the counts of the unfiltered list."""

    id = models.BigAutoField(primary_key=True)
    facet = models.CharField(max_length=12)
    value = models.CharField(max_length=40, blank=True)
    courses = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facet", "value"], name="facet_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}: {self.courses}"


class CatalogueRevision(models.Model):
    """One row that grows with every change that a catalogue page shows: the key of cached pages."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    revision = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="catalogue_revision_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.revision)
