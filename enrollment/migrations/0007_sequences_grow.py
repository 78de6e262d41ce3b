"""The database itself refuses a smaller SEQUENCE: calendars would ignore whatever follows it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION enrollment_sequence_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The sequence of an invitation only grows.'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_sequence_grows';
END $$;
CREATE TRIGGER invitation_sequence_grows BEFORE UPDATE ON enrollment_invitation
   FOR EACH ROW WHEN (NEW.sequence < OLD.sequence OR NEW.uid <> OLD.uid)
   EXECUTE FUNCTION enrollment_sequence_grows();
"""
DROP = """
DROP TRIGGER invitation_sequence_grows ON enrollment_invitation;
DROP FUNCTION enrollment_sequence_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0006_calendars")]

    operations = [migrations.RunSQL(GUARD, DROP)]
