"""A held seat exists and belongs to the same run; queue numbers come from one sequence."""

from django.db import migrations

SQL = """
ALTER TABLE enrollment_enrollment ADD CONSTRAINT enrollment_seat_of_run
  FOREIGN KEY (seat_id, run_id) REFERENCES courses_seat (id, run_id);
CREATE SEQUENCE enrollment_queue_number;
CREATE FUNCTION enrollment_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'marks and results are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER mark_append_only BEFORE UPDATE OR DELETE ON enrollment_mark
  FOR EACH STATEMENT EXECUTE FUNCTION enrollment_refuse_change();
CREATE TRIGGER test_result_append_only BEFORE UPDATE OR DELETE ON enrollment_testresult
  FOR EACH STATEMENT EXECUTE FUNCTION enrollment_refuse_change();
-- What was issued stays as it was issued: only its end may be written later.
CREATE FUNCTION enrollment_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ends text[] := CASE TG_TABLE_NAME
    WHEN 'enrollment_certificate' THEN ARRAY['state', 'ended_at', 'end_reason']
    WHEN 'enrollment_outcome' THEN ARRAY['is_current']
    ELSE ARRAY['superseded_at'] END;
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ends <> to_jsonb(OLD) - ends THEN
    RAISE EXCEPTION 'what was issued is superseded, never edited'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificate_issued BEFORE UPDATE OR DELETE ON enrollment_certificate
  FOR EACH ROW EXECUTE FUNCTION enrollment_issued_stays();
CREATE TRIGGER outcome_issued BEFORE UPDATE OR DELETE ON enrollment_outcome
  FOR EACH ROW EXECUTE FUNCTION enrollment_issued_stays();
CREATE TRIGGER credit_issued BEFORE UPDATE OR DELETE ON enrollment_creditentry
  FOR EACH ROW EXECUTE FUNCTION enrollment_issued_stays();
"""

DROP = """
DROP TRIGGER credit_issued ON enrollment_creditentry;
DROP TRIGGER outcome_issued ON enrollment_outcome;
DROP TRIGGER certificate_issued ON enrollment_certificate;
DROP FUNCTION enrollment_issued_stays();
DROP TRIGGER test_result_append_only ON enrollment_testresult;
DROP TRIGGER mark_append_only ON enrollment_mark;
DROP FUNCTION enrollment_refuse_change();
DROP SEQUENCE enrollment_queue_number;
ALTER TABLE enrollment_enrollment DROP CONSTRAINT enrollment_seat_of_run;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_enrollment")]
    operations = [migrations.RunSQL(SQL, DROP)]
