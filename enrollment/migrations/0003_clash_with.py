"""Beside which held seats a clash was allowed: those that stood there when it was."""

import django.contrib.postgres.fields
from django.db import migrations, models

KNOWN = """
UPDATE enrollment_enrollment me SET clash_with = ARRAY(
    SELECT held.id FROM enrollment_enrollment held
     WHERE held.person_id = me.person_id AND held.busy && me.busy AND held.id <> me.id
       AND held.state IN ('offered', 'confirmed', 'reconfirm'))
 WHERE clash_allowed
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0002_seat_of_run")]
    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="clash_with",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
