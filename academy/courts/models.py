"""The institution as it is organised: regions, courts, posts, its working calendar. All data."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from academy.core import ids, texts


class Region(models.Model):
    """A part of the country, by its ISO 3166-2 code.

    Row and column place it among its neighbours where regions are shown as a grid of tiles, the
    short name is what stands in the tile. One without a place is told in the table only.
    """

    code = models.CharField(max_length=10, unique=True)
    names = texts.TextsField()
    short_names = texts.TextsField(blank=True)
    time_zone = models.CharField(max_length=40)
    tile_row = models.SmallIntegerField(null=True, blank=True)
    tile_column = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tile_row__isnull=True, tile_column__isnull=True)
                | Q(tile_row__range=(1, 12), tile_column__range=(1, 12)),
                name="region_tile_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CourtLevel(models.Model):
    """District, regional, cassation, supreme: an editable list, ranked from the bottom."""

    code = models.CharField(max_length=30, unique=True)
    names = texts.TextsField()
    rank = models.SmallIntegerField()

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.code


class CourtKind(models.Model):
    """General, criminal, economic, juvenile...: an editable list."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Court(models.Model):
    """A court (or an office of the court administration) for as long as it exists.

    Level and kind are never read off the name. Courts merge and vanish: history stays with the old
    court, `successor` says who took over. Military and cassation courts have no region.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    short_names = texts.TextsField(blank=True)
    address = texts.TextsField(blank=True)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    level = models.ForeignKey(CourtLevel, on_delete=models.PROTECT)
    kind = models.ForeignKey(CourtKind, on_delete=models.PROTECT)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    time_zone = models.CharField(max_length=40)
    posts_judges = models.IntegerField(default=0)
    posts_staff = models.IntegerField(default=0)
    is_remote = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="court_valid_period",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PositionCategory(models.TextChoices):
    """The coarsest difference that training makes between people; the positions are data."""

    JUDGE = "judge"
    STAFF = "staff"
    OTHER = "other"


class Position(models.Model):
    """A post that people hold: judge, head of court, secretary of the hearing..."""

    code = models.CharField(max_length=40, unique=True)
    names = texts.TextsField()
    category = models.CharField(max_length=10, choices=PositionCategory.choices)
    is_head = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class CalendarDay(models.Model):
    """A day that differs from "Monday to Friday": a holiday, or a weekend day worked instead."""

    class Kind(models.TextChoices):
        OFF = "off"
        WORKED = "worked"

    date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    names = texts.TextsField(blank=True)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "region"], name="calendar_day_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
