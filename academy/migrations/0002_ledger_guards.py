"""The ledger fills its inbox by itself and refuses change and deletion."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION academy_event_to_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO academy_inbox (event_id) SELECT id FROM written;
  RETURN NULL;
END $$;
CREATE TRIGGER event_to_inbox AFTER INSERT ON academy_event
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION academy_event_to_inbox();

CREATE FUNCTION academy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON academy_event
  FOR EACH STATEMENT EXECUTE FUNCTION academy_refuse_change();
CREATE TRIGGER feed_append_only BEFORE UPDATE OR DELETE ON academy_feedentry
  FOR EACH STATEMENT EXECUTE FUNCTION academy_refuse_change();
"""

DROP = """
DROP TRIGGER feed_append_only ON academy_feedentry;
DROP TRIGGER event_append_only ON academy_event;
DROP FUNCTION academy_refuse_change();
DROP TRIGGER event_to_inbox ON academy_event;
DROP FUNCTION academy_event_to_inbox();
"""


class Migration(migrations.Migration):
    # Other packages' tables refer to accounts. Theirs come first: each step draws anew all models
    # that hang together, and there are few of them yet (a third less of the time for all tables).
    dependencies = [
        ("academy", "0001_institution"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("axes", "0010_accessattemptexpiration"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [migrations.RunSQL(GUARDS, DROP)]
