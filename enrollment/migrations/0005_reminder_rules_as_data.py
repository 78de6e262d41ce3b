"""Rules of reminding in hours, days or working days, with quiet hours, digests and own words."""

from django.db import migrations, models

import academy.core.ids
import academy.core.texts


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0004_nominations")]
    operations = [
        migrations.RenameField("reminderrule", "offset_hours", "offset"),
        migrations.AddField("reminderrule", "public_id", models.UUIDField(null=True)),
        migrations.RunSQL(
            "UPDATE enrollment_reminderrule SET public_id = gen_random_uuid()",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            "reminderrule",
            "public_id",
            models.UUIDField(default=academy.core.ids.public_id, unique=True),
        ),
        migrations.AlterModelOptions(
            name="reminderrule",
            options={"ordering": ["anchor", "offset", "code"]},
        ),
        migrations.RemoveField(
            model_name="reminderrule",
            name="template",
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="at_time",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="is_digest",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="quiet_from",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="quiet_until",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="revision",
            field=models.IntegerField(default=1),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="texts",
            field=academy.core.texts.TextsField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="titles",
            field=academy.core.texts.TextsField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="unit",
            field=models.CharField(
                choices=[
                    ("hours", "hours"),
                    ("days", "calendar days"),
                    ("working_days", "working days"),
                ],
                default="hours",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="anchor",
            field=models.CharField(
                choices=[
                    ("run_start", "the run begins"),
                    ("session_start", "a later session begins"),
                    ("enrollment_opens", "enrolment opens"),
                    ("enrollment_deadline", "enrolment closes"),
                    ("offer_expiry", "the offer of a seat ends"),
                    ("reconfirm_due", "the time to confirm again ends"),
                    ("decision_due", "a decision is due"),
                    ("marks_missing", "a session has ended without all marks"),
                    ("minimum_at_risk", "the go or no-go date of a run below its minimum"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="code",
            field=models.SlugField(max_length=40, unique=True),
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="offset",
            field=models.SmallIntegerField(),
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="recipient",
            field=models.CharField(
                choices=[
                    ("trainee", "trainee"),
                    ("trainer", "trainer"),
                    ("head", "head of court"),
                    ("coordinator", "court coordinator"),
                    ("registrar", "registrar"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit", "hours"), ("at_time__isnull", False), _connector="OR"),
                name="reminder_on_days_has_its_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="reminder_quiet_hours_begin_and_end",
            ),
        ),
    ]
