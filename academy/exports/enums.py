"""In which form a file leaves."""

from django.db.models import TextChoices


class Format(TextChoices):
    """NDJSON for programs, CSV and XLSX for people, ZIP for exchange formats of several files."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"


MEDIA_TYPES = {
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ZIP: "application/zip",
}
