"""A claim changes a message in place: no index holds the lease, and a page has room for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0010_text_messages"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="message",
            name="message_in_work",
        ),
        migrations.RunSQL(
            "ALTER TABLE academy_message SET (fillfactor = 50)",
            "ALTER TABLE academy_message RESET (fillfactor)",
        ),
    ]
