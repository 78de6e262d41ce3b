"""`manage.py import`: what people read at the terminal."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from academy.courts.models import Court, CourtKind, CourtLevel
from courses.catalogue.models import Course, CourseVersion, Format, Organisation


@pytest.fixture(autouse=True)
def english():
    """The command speaks the operator's language."""
    with translation.override("en"):
        yield


pytestmark = pytest.mark.django_db

COURTS = """code,level,kind,name_kk,name_ru,valid_from,parent
R1,regional,general,Облыстық сот,Областной суд,1996-01-01,
D1,regional,general,Аудандық сот,Районный суд,01.01.1996,R1
"""
COURSES = """code,provider,format,title_kk,title_ru,title_en,hours,days
ME-1,academy,room,Медиация,Медиация,Mediation,,2.5
"""


@pytest.fixture(autouse=True)
def lists():
    CourtLevel.objects.create(code="regional", rank=2)
    CourtKind.objects.create(code="general")
    Organisation.objects.create(code="academy", names={"en": "Academy"})
    Format.objects.create(code="room", names={"en": "In the room"})


@pytest.fixture
def run(tmp_path, capsys):
    def run_it(kind, text, *options):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, "utf-8")
        call_command("import", kind, str(file), *options)
        return capsys.readouterr().out

    return run_it


def test_dry_run_then_apply_then_unchanged(run):
    shown = run("courts", COURTS)
    assert "+ line 2: R1 new" in shown
    assert "Nothing was changed" in shown
    assert Court.objects.count() == 0

    assert "Imported." in run("courts", COURTS, "--apply")

    assert Court.objects.get(code="D1").parent.code == "R1"
    assert "= line 3: D1 unchanged" in run("courts", COURTS)
    shown = run("courts", COURTS.replace("Районный суд", "Районный суд № 2"))
    assert "~ line 3: D1 changed" in shown


def test_courses_come_in_published(run):
    run("courses", COURSES, "--apply")

    course = Course.objects.get()
    assert (course.status, course.current.hours, str(course.current.days)) == (
        "published",
        None,
        "2.5",
    )

    run("courses", COURSES.replace("2.5", "3"), "--apply")
    assert CourseVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("courts", COURTS + "D2,nowhere,general,Сот,Суд,1996-01-01,\n", "level: “nowhere”"),
        ("courts", COURTS + "D1,regional,general,Сот,Суд,1996-01-01,\n", "The same as line 3"),
        ("courses", COURSES + "ME-2,academy,room,Сот,Суд,Court,0,\n", "hours: Leave an unknown"),
    ],
)
def test_one_bad_row_and_nothing_is_imported(run, capsys, kind, text, line):
    with pytest.raises(CommandError):
        run(kind, text, "--apply")

    assert line in capsys.readouterr().out
    assert (Court.objects.count(), Course.objects.count()) == (0, 0)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF")

    with pytest.raises(CommandError, match="CSV or an Excel"):
        call_command("import", "people", str(file))
