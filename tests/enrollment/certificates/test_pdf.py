import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
import segno

from academy.core.errors import Refused
from enrollment.certificates import queries
from enrollment.certificates.models import Certificate
from enrollment.certificates.rules import Length, Paper

NAME = "Әбдіқұлова Гүлнәр Өмірзаққызы Һғңқүұөәі"
SERIAL = "ABCDEFGHIJKLMNOPQRSTUVWX23"


def certificate(**changes):
    paper = {
        "person": NAME,
        "course_code": "T-1",
        "title": {
            "kk": "Сот актілерін жазу",
            "ru": "Составление судебных актов",
            "en": "Judgments",
        },
        "run_code": "T-1/2026",
        "first_day": date(2026, 3, 3),
        "last_day": date(2026, 3, 5),
        "length": Length(Decimal("16.0"), 45),
        "issuer": {"kk": "Сот төрелігі академиясы", "ru": "Академия правосудия"},
        "issued_on": date(2026, 3, 6),
        "languages": ("kk", "ru"),
    } | changes
    return Certificate(
        serial=SERIAL,
        paper=Paper(**paper).as_json(),
        issued_at=datetime(2026, 3, 6, 6, tzinfo=UTC),
    )


def printed(one):
    return pypdf.PdfReader(BytesIO(queries.certificate_pdf(one)))


def words(reader):
    return " ".join(reader.pages[0].extract_text().split())


def test_the_page_says_it_in_both_languages():
    reader = printed(certificate())

    text = words(reader)
    assert len(reader.pages) == 1
    for phrase in (
        NAME,
        "Сот төрелігі академиясы",
        "Академия правосудия",
        "Осы сертификат мына оқу курсынан өткенін растайды:",
        "Настоящий сертификат подтверждает прохождение курса:",
        "«Сот актілерін жазу»",
        "«Составление судебных актов»",
        "2026 жылғы 3–5 наурыз",
        "3–5 марта 2026 года",
        "16 академиялық сағат, 45 минуттан",
        "16 академических часов по 45 мин",
        "T-1/2026",
        "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-23",
    ):
        assert phrase in text, phrase


def test_the_page_is_a_tagged_archive_document_with_its_language():
    reader = printed(certificate())

    root = reader.trailer["/Root"]
    assert root["/Lang"] == "kk"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/StructTreeRoot"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2<" in metadata
    assert "<pdfuaid:part>1<" in metadata
    assert reader.metadata.title == "Сертификат. «Сот актілерін жазу»"
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    assert all("+" in font["/BaseFont"] for font in (each.get_object() for each in fonts))


def test_a4_landscape():
    box = printed(certificate()).pages[0].mediabox

    assert (round(box.width), round(box.height)) == (842, 595)


def test_the_same_certificate_is_the_same_page():
    assert queries.certificate_pdf(certificate()) == queries.certificate_pdf(certificate())


@pytest.mark.parametrize(
    ("languages", "statements"),
    [(("en",), 1), (("kk", "ru", "en"), 3)],
)
def test_one_column_for_each_language(languages, statements):
    text = words(printed(certificate(languages=languages)))

    found = re.findall("растайды:|подтверждает|confirms", text)
    assert len(found) == statements


def test_long_texts_stay_on_one_page_whole():
    title = "Ұзақ атау: процестік мерзімдерді есептеу және қалпына келтіру. " * 6
    name = "Нұрмұхамедова-Әбділдаханова Гүлбаршын-Айшабибі Мырзатайқызы"

    reader = printed(
        certificate(
            person=name,
            title={"kk": title, "ru": title, "en": title},
            issuer={"kk": "Институт " * 20, "ru": "Институт " * 20},
            languages=("kk", "ru", "en"),
        )
    )

    assert len(reader.pages) == 1
    assert words(reader).count("қалпына келтіру") == 18
    assert name in words(reader)


def test_what_comes_as_data_is_printed_and_never_run():
    text = words(printed(certificate(person='#read("template.typ") *x* $y$ \\')))

    assert '#read("template.typ") *x* $y$ \\' in text


def test_the_qr_code_and_the_link_lead_to_the_public_check(settings):
    settings.PUBLIC_URL = "https://training.example.org"
    url = f"https://training.example.org/verify/{SERIAL}"

    sheet = queries._sheet(certificate())
    links = [each.get_object()["/A"]["/URI"] for each in printed(certificate()).pages[0]["/Annots"]]

    assert sheet["url"] == url
    assert links == [url]
    assert dark_modules(sheet["qr"]) == [
        (row, column)
        for row, modules in enumerate(segno.make_qr(url, error="m").matrix)
        for column, dark in enumerate(modules)
        if dark
    ]


def dark_modules(svg):
    """The dark modules of segno's picture: horizontal strokes, one row of modules each."""
    x, y, found = 0.0, 0.0, []
    for command, values in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        numbers = [float(value) for value in values.split()]
        if command == "h":
            found += [(int(y), int(x) + step) for step in range(int(numbers[0]))]
            x += numbers[0]
        else:
            dx, dy = numbers
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
    return sorted(found)


@pytest.mark.parametrize("state", ["revoked", "replaced"])
def test_an_ended_certificate_is_not_printed_again(state):
    ended = certificate()
    ended.state = state

    with pytest.raises(Refused) as refused:
        queries.certificate_pdf(ended)

    assert refused.value.code == "certificate_ended"
