"""The ledger cannot be emptied either: TRUNCATE passes row and statement triggers for DELETE by."""

from django.db import migrations

GUARDS = """
CREATE TRIGGER event_not_truncated BEFORE TRUNCATE ON academy_event
  FOR EACH STATEMENT EXECUTE FUNCTION academy_refuse_change();
CREATE TRIGGER feed_not_truncated BEFORE TRUNCATE ON academy_feedentry
  FOR EACH STATEMENT EXECUTE FUNCTION academy_refuse_change();
"""
DROP = """
DROP TRIGGER feed_not_truncated ON academy_feedentry;
DROP TRIGGER event_not_truncated ON academy_event;
"""


class Migration(migrations.Migration):
    dependencies = [("academy", "0002_ledger_guards")]
    operations = [migrations.RunSQL(GUARDS, DROP)]
