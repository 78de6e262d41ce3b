"""Certificates as people meet them: their list, the printed page, the public check."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from academy.core import clock, qr, typeset
from academy.core.errors import Refused
from enrollment.certificates import rules
from enrollment.certificates.enums import Answer
from enrollment.certificates.models import Certificate

TEMPLATE = Path(__file__).with_name("template.typ")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public check says: never more about the person than the paper shows.

    Not the reason for which a certificate ended, nor the serial of the one that replaced it: who
    holds an old paper has no right to the new one.
    """

    answer: Answer
    paper: rules.Paper | None = None
    ended_on: date | None = None


UNKNOWN = Verification(Answer.UNKNOWN)


def verification_of(serial: str) -> Verification:
    """What is known of a serial, as typed or scanned.

    "Valid" is said only when the stored state says so; whatever cannot be read raises, and the page
    then says that it cannot tell. A serial that exists and one that does not cost the same look
    into an index, and 128 random bits leave nothing to guess. It goes into no log and no event.
    """
    wanted = rules.as_serial(serial)
    certificate = Certificate.objects.filter(serial=wanted).first() if wanted else None
    if certificate is None:
        return UNKNOWN
    paper, ended = rules.Paper.from_json(certificate.paper), certificate.ended_at
    answer = rules.answer_on(certificate.state, paper.valid_until, _day(clock.now()))
    return Verification(answer, paper, _day(ended) if ended else None)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def certificates_of(person: int) -> QuerySet[Certificate]:
    """A person's certificates, newest first, ended ones too."""
    rows = Certificate.objects.filter(outcome__enrollment__person=person)
    return rows.select_related("outcome__enrollment__run").order_by("-issued_at", "-pk")


def verification_url(certificate: Certificate) -> str:
    """The public address that the QR code leads to."""
    return f"{settings.PUBLIC_URL}/verify/{certificate.serial}"


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate as a page to print: tagged PDF/A-2, in the languages that it was issued in.

    Made from the frozen paper alone, so it is the same page, byte for byte, whenever it is asked
    for. An ended certificate is not printed again.
    """
    if certificate.state != Certificate.State.VALID:
        raise Refused("certificate_ended", _("This certificate is no longer valid."))
    return typeset.pdf(TEMPLATE, _sheet(certificate), at=certificate.issued_at)


def _sheet(certificate: Certificate) -> dict[str, object]:
    """Everything that the template needs, as data: what stands in it is printed, never run."""
    paper = rules.Paper.from_json(certificate.paper)
    url = verification_url(certificate)
    return {
        "person": paper.person,
        "columns": [rules.column_of(paper, language) for language in paper.languages],
        "serial": rules.in_groups(certificate.serial),
        "url": url,
        "qr": qr.svg(url),
    }
