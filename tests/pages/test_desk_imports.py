"""Files that come in at the desk: matched, tried, the good rows imported, the bad ones mended."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from academy.core import clock
from academy.courts import imports as courts
from academy.jobs import carrying
from academy.jobs.actions import resume
from academy.jobs.models import Job, Matching, Upload
from academy.jobs.queries import unsettled
from academy.jobs.registry import importer_of
from academy.ledger.models import Event
from academy.people import imports as people
from academy.people.models import Appointment, Person
from courses.catalogue import imports as courses
from courses.planning.models import Run
from enrollment.attendance.models import Mark
from enrollment.credits.models import CreditEntry
from tests import factories
from tests.enrollment.stage import ask

DESK = "/desk/imports/"
HEAD = "Фамилия;Имя;Табельный номер;Код суда;Код должности;Дата назначения;Примечание"


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def desk(cast, browser):
    return browser(cast.clara_account)


def rows(cast, *, bad=1, good=19):
    """Lines of an office: the last ones name a court that does not exist."""
    lines = [
        f"Омаров{number};Ерлан;HR-{number};{cast.court.code};judge;01.03.2024;"
        for number in range(good)
    ]
    return lines + [f"=Плохой{number};Имя;B-{number};НЕТ;judge;вчера;x" for number in range(bad)]


def send(desk, content, *, name="people.csv", kind="people"):
    return desk.post(DESK, {"kind": kind, "file": SimpleUploadedFile(name, content)}, follow=True)


def sent(desk, lines, *, encoding="cp1251"):
    """A file as far as its columns; the address of its page, and the page."""
    page = send(desk, "\r\n".join([HEAD, *lines]).encode(encoding))
    return page.redirect_chain[-1][0], page


def columns(page):
    form = page.context["form"]
    return {"columns": "1"} | {name: form[name].initial or "" for name in form.fields}


def to_mend(desk, address):
    book = CalamineWorkbook.from_filelike(io.BytesIO(desk.get(f"{address}to-mend.xlsx").content))
    return book.get_sheet_by_index(0).to_python()


def test_the_good_rows_go_in_and_the_bad_ones_come_home_to_be_mended(cast, desk):
    desk.cookies["django_language"] = "ru"
    before = Person.objects.count()
    address, page = sent(desk, rows(cast))
    assert columns(page) == {
        "columns": "1",
        "column_0": "family_name",
        "column_1": "given_name",
        "column_2": "external_id",
        "column_3": "court",
        "column_4": "position",
        "column_5": "appointed_on",
        "column_6": "",
    }

    tried = text(desk.post(f"{address}match/", columns(page), follow=True))

    assert "Загрузить 19 строк" in tried
    assert Person.objects.count() == before
    assert Job.objects.get().params["counts"] == {
        "new": 19,
        "changed": 0,
        "unchanged": 0,
        "error": 1,
    }
    head, *wrong = to_mend(desk, address)
    assert (head[:-1], [row[0] for row in wrong]) == (HEAD.split(";"), ["=Плохой0"])
    assert "код суда: Значение «НЕТ» неизвестно." in wrong[0][-1]

    desk.post(f"{address}apply/")
    desk.post(f"{address}apply/")  # said twice, it is once

    assert Person.objects.count() == before + 19
    appointed = Appointment.objects.filter(period__startswith=date(2024, 3, 1))
    assert appointed.filter(court=cast.court).count() == 19
    upload = Upload.objects.select_related("job").get()
    assert (upload.step, upload.applied, upload.job.state) == ("over", 20, "done")
    assert Job.objects.get().params["done"] == {"new": 19, "changed": 0, "unchanged": 0, "error": 1}
    assert Event.objects.get(type="import.finished").data["new"] == 19

    mended = [*wrong[0]]
    mended[0], mended[3], mended[5] = "Хорошая", cast.court.code, "02.03.2024"
    again = "\n".join(";".join(map(str, line)) for line in ([*head], mended))
    page = send(desk, again.encode("utf-8-sig"))
    assert columns(page)["column_7"] == ""  # what to mend is no column
    address = page.redirect_chain[-1][0]
    desk.post(f"{address}match/", columns(page))
    desk.post(f"{address}apply/")

    assert Person.objects.count() == before + 20
    assert not Upload.objects.get(job__public_id=address.split("/")[-2]).content


def test_a_matching_is_remembered_for_files_with_the_same_headings(cast, desk):
    head = "Кто;Имя;Ключ"
    page = send(desk, f"{head}\nОмаров;Ерлан;HR-1".encode())
    address = page.redirect_chain[-1][0]
    assert columns(page)["column_0"] == ""
    refused = text(desk.post(f"{address}match/", columns(page)))
    assert "Nothing is matched to: Family name." in refused
    assert not Matching.objects.exists()
    chosen = columns(page) | {"column_0": "family_name", "column_2": "external_id"}
    desk.post(f"{address}match/", chosen)

    again = send(desk, "Ключ;Имя;Кто\nHR-2;Асель;Ахметова".encode())

    assert columns(again) == {
        "columns": "1",
        "column_0": "external_id",
        "column_1": "given_name",
        "column_2": "family_name",
    }


def test_columns_without_headings_are_known_by_their_cells(cast, desk):
    page = send(desk, f"Фамилия;Имя;Где\nОмаров;Ерлан;{cast.court.code}".encode())

    assert columns(page)["column_2"] == "court"


def test_a_file_with_two_readings_is_shown_in_both(cast, desk):
    content = "Фамилия;Имя;Табельный номер\nЄалым;Ерлан;HR-1".encode("cp1251")
    page = send(desk, content)
    address = page.redirect_chain[-1][0]

    assert "Єалым" in text(page)
    assert "Ғалым" in text(page)
    page = desk.post(f"{address}read/", {"way": "1"}, follow=True)
    desk.post(f"{address}match/", columns(page))
    desk.post(f"{address}apply/")

    assert Person.objects.filter(family_name="Ғалым").exists()


def test_a_long_file_is_the_workers_and_a_killed_worker_leaves_it_to_the_next(
    cast, desk, monkeypatch
):
    monkeypatch.setattr(carrying, "AT_ONCE", 0)
    monkeypatch.setattr(carrying, "at_once", lambda upload: None)
    before = Person.objects.count()
    address, page = sent(desk, rows(cast, bad=0, good=5))
    assert "0 of 0 rows" in text(desk.post(f"{address}match/", columns(page), follow=True))
    part = desk.get(address, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "<html" not in text(part)
    carrying.carry_on_all()
    assert desk.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    desk.post(f"{address}apply/")

    upload = carrying.claim(clock.now())  # and dies with it
    assert carrying.carry_on_all() == 0
    assert Person.objects.count() == before
    with time_machine.travel(clock.now() + carrying.LEASE + timedelta(seconds=1)):
        assert carrying.carry_on_all() == 1

    assert Person.objects.count() == before + 5
    carrying.carry_on(upload)  # the dead one comes back, and finds it done
    assert Person.objects.count() == before + 5
    assert Event.objects.filter(type="import.finished").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("people.csv", b"", "empty"),
        ("people.csv", "Фамилия;Имя\n".encode(), "The file has a header line and no rows."),
        ("people.pdf", b"%PDF", "Send a CSV or an Excel file"),
        ("people.xlsx", b"PK\x03\x04 not really", "This Excel file cannot be opened."),
    ],
)
def test_what_is_no_list_is_said_in_plain_words(cast, desk, name, content, said):
    assert said in text(send(desk, content, name=name))
    assert not Upload.objects.exists()


def test_a_file_is_forgotten_in_time_or_at_once(cast, desk):
    for _each in range(2):
        address, _page = sent(desk, rows(cast))
    desk.post(f"{address}drop/")
    assert Upload.objects.count() == 1

    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert carrying.forget(clock.now()) == 1

    assert not Job.objects.exists()


def imported(desk, kind, content):
    """Through all the steps, with what was guessed; what came of it."""
    page = send(desk, content.encode(), name=f"{kind}.csv", kind=kind)
    address = page.redirect_chain[-1][0]
    desk.post(f"{address}match/", columns(page))
    desk.post(f"{address}apply/")
    return Upload.objects.select_related("job").get(job__public_id=address.split("/")[-2])


def test_marks_come_in_as_on_the_sheet_and_only_once(cast, desk):
    run = factories.run(trainer=cast.timur, sessions=2)
    Person.objects.filter(pk=cast.asel.pk).update(external_id="HR-1")
    Person.objects.filter(pk=cast.dana.pk).update(external_id="HR-2")
    ask(run, cast.asel)
    lines = [
        "Run;Session;Personnel number;Mark;Minutes",
        f"{run.code};1;HR-1;был;",
        f"{run.code};1;HR-1;present;",
        f"{run.code};2;HR-1;late;45",
        f"{run.code};2;HR-2;present;",
        f"{run.code};9;HR-1;present;",
    ]
    with time_machine.travel(run.ends_at - timedelta(minutes=1)):
        upload = imported(desk, "marks", "\n".join(lines))
        again = imported(desk, "marks", "\n".join(lines))

    assert [one["line"] for one in upload.refused] == [2, 3, 5, 6]
    assert list(Mark.objects.values_list("status", "minutes")) == [("late", 45)]
    assert again.job.params["done"]["unchanged"] == 1
    assert Event.objects.filter(type="mark.recorded").count() == 1


def test_credit_from_outside_counts_once_and_is_never_edited(cast, desk):
    Person.objects.filter(pk=cast.asel.pk).update(external_id="HR-1")
    head = "Personnel number;Date;Hours;Title;Certificate"
    good = "HR-1;01.03.2026;16,5;Права ребёнка;№ 5"

    upload = imported(desk, "credits", f"{head}\n{good}\nHR-9;01.03.2026;4;X;\n")
    again = imported(desk, "credits", f"{head}\n{good}\nHR-1;2026-03-01;20;Права ребёнка;№ 5\n")

    entry = CreditEntry.objects.get()
    assert (entry.person, entry.kind, entry.minutes) == (cast.asel, "outside", 742)
    assert [one["line"] for one in upload.refused] == [3]
    assert again.job.params["done"] == {"new": 0, "changed": 0, "unchanged": 1, "error": 1}
    told = Event.objects.get(type="credit.earned")
    assert told.person_id == cast.asel.public_id
    assert "Права" not in str(told.data)


def test_runs_come_in_as_drafts(cast, desk):
    course = factories.course()
    Person.objects.filter(pk=cast.timur.pk).update(external_id="T-1")
    head = "Run;Course;Begins;Days;Minutes;Seats;Minimum size;Trainer"
    lines = [
        f"R-1;{course.code};01.09.2027 10:30;2;360;20;5;T-1",
        f"R-2;{course.code};01.09.2027;2;360;5;20;T-1",
        f"R-3;{course.code};46000;2;360;5;1;T-1",
        "R-4;NONE;01.09.2027;2;360;5;1;T-9",
    ]

    upload = imported(desk, "runs", "\n".join([head, *lines]))

    run = Run.objects.get(code="R-1")
    assert (run.state, run.capacity, run.sessions.count()) == ("draft", 20, 2)
    assert run.starts_at.isoformat() == "2027-09-01T05:30:00+00:00"
    assert [one["line"] for one in upload.refused] == [3, 4, 5]
    assert Run.objects.filter(code__startswith="R-").count() == 1
    assert Event.objects.filter(type="run.planned", actor_id=cast.clara_account.public_id).exists()


def test_what_stopped_is_taken_up_again_behind_what_is_in(cast, desk, monkeypatch):
    address, page = sent(desk, rows(cast, bad=0, good=3))
    assert not [one for one in unsettled(clock.now()) if one.job.kind == "upload.people"]
    desk.post(f"{address}match/", columns(page))
    before = Person.objects.count()

    def broken(*_args, **_named):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "_take", broken)
        page = text(desk.post(f"{address}apply/", follow=True))
    assert "The work stopped (RuntimeError)." in page
    job = Job.objects.get()
    resume(job=job.public_id, actor=factories.ACTOR)
    carrying.carry_on_all()

    assert Person.objects.count() == before + 3
    assert Event.objects.filter(type="import.resumed").count() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")


def test_every_column_of_a_list_has_a_name():
    known = {"courts": courts.columns(), "courses": courses.columns(), "people": people.COLUMNS}
    for kind, codes in known.items():
        assert {field.code for field in importer_of(kind).fields()} == set(codes)
