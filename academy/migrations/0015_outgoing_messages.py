"""What waits to be sent has a small table of its own; a message is settled in place."""

import django.db.models.deletion
from django.db import migrations, models

MOVE = """
INSERT INTO academy_outgoing
       (message_id, urgent, next_at, digest_of, lease_until, attempts, outcome)
SELECT id, urgent, due_at, CASE WHEN in_digest THEN person_id END, lease_until, attempts, outcome
  FROM academy_message WHERE state = 'waiting';
UPDATE academy_message SET attempts = 0, outcome = '' WHERE state = 'waiting'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0014_partners"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="academy.message",
                    ),
                ),
                ("urgent", models.BooleanField()),
                ("next_at", models.DateTimeField()),
                ("digest_of", models.BigIntegerField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("outcome", models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE academy_outgoing SET (fillfactor = 50)",
            "ALTER TABLE academy_outgoing RESET (fillfactor)",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_waiting",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_failed",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_digest",
        ),
        migrations.RemoveField(
            model_name="message",
            name="lease_until",
        ),
        migrations.AddField(
            model_name="message",
            name="is_failed",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("state", "failed")), output_field=models.BooleanField()
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("is_failed", True)), fields=["-id"], name="message_given_up"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["-urgent", "next_at", "message"], name="outgoing_in_order"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("digest_of__isnull", False)),
                fields=["digest_of", "next_at"],
                name="outgoing_digest",
            ),
        ),
    ]
