"""What the catalogue's lists and search read: one row per published course, derived, never edited."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from courses.catalogue.models import Course


class CourseIndex(models.Model):
    """One published course, folded for search. Rebuilt by `search.actions` whenever the course changes."""

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, primary_key=True, related_name="index"
    )
    code = models.CharField(max_length=40)
    sort_key = models.TextField(db_collation="C")
    vector = SearchVectorField()
    topics = ArrayField(models.CharField(max_length=40), default=list)
    audiences = ArrayField(models.CharField(max_length=40), default=list)
    languages = ArrayField(models.CharField(max_length=10), default=list)
    format = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    next_run_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "course"], name="courseindex_sorted"),
            GinIndex(fields=["vector"], name="courseindex_vector"),
            GinIndex(fields=["topics"], name="courseindex_topics"),
            GinIndex(fields=["audiences"], name="courseindex_audiences"),
            models.Index(fields=["format", "sort_key"], name="courseindex_format"),
            models.Index(fields=["provider", "sort_key"], name="courseindex_provider"),
        ]

    def __str__(self) -> str:
        return self.code


class CatalogueWord(models.Model):
    """A distinct word of the catalogue, folded, so that a typing error is mended on few rows."""

    word = models.CharField(max_length=80, primary_key=True, db_collation="C")
    courses = models.IntegerField(default=0)

    class Meta:
        indexes = [
            GinIndex(fields=["word"], name="catalogueword_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word
