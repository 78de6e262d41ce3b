"""Taking a seat: the first free one of a person's pools, without waiting for anybody."""

from django.db import migrations

TAKE_SEAT = """
CREATE FUNCTION courses_take_seat(pools bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint;
  taken bigint;
BEGIN
  FOREACH wanted IN ARRAY pools LOOP
    UPDATE courses_seat SET free = false
     WHERE id = (SELECT id FROM courses_seat WHERE pool_id = wanted AND free
                  ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id INTO taken;
    IF taken IS NOT NULL THEN
      RETURN taken;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_catalogue_and_planning")]
    operations = [
        migrations.RunSQL(TAKE_SEAT, "DROP FUNCTION courses_take_seat(bigint[])"),
        # Seats of a busy run are updated many times: room on each page keeps updates in place.
        migrations.RunSQL(
            "ALTER TABLE courses_seat SET (fillfactor = 70)",
            "ALTER TABLE courses_seat RESET (fillfactor)",
        ),
    ]
