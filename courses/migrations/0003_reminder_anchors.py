"""Indexes for what reminders count from."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0002_take_seat"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["enrollment_opens_at"], name="run_enrollment_opens"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["enrollment_closes_at"], name="run_enrollment_closes"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("decide_by", "enrollment_closes_at"),
                condition=models.Q(("minimum_size__gt", 0), ("state", "published")),
                name="run_go_or_no_go",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                models.Func(models.F("period"), function="lower"), name="session_start"
            ),
        ),
    ]
