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
"""

DROP = """
DROP TRIGGER test_result_append_only ON enrollment_testresult;
DROP TRIGGER mark_append_only ON enrollment_mark;
DROP FUNCTION enrollment_refuse_change();
DROP SEQUENCE enrollment_queue_number;
ALTER TABLE enrollment_enrollment DROP CONSTRAINT enrollment_seat_of_run;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_enrollment")]
    operations = [migrations.RunSQL(SQL, DROP)]
