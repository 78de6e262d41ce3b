"""The words of the paper, in each language that a certificate can be printed in.

Official wording is fixed by the institution, so it is a table and no catalogue of screen texts: a
certificate never mixes languages because a translation is late. The sentences decline no names and
no titles, which come as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's words. Forms of a counted word are keyed by CLDR plural category."""

    word: str  # the heading
    statement: str
    quotes: str  # opening and closing
    period: str
    length: str
    run: str
    issued: str
    until: str  # the last day on which it holds
    number: str
    check: str
    qr: str  # read aloud instead of the picture
    year: str  # how days and year are put together
    hours: Mapping[str, str]
    days: Mapping[str, str]

    def counted(self, forms: Mapping[str, str], category: str) -> str:
        """The form of a counted word for that plural category."""
        return forms.get(category, forms["other"])


PHRASES: Mapping[str, Phrases] = {
    "kk": Phrases(
        word="Сертификат",
        statement="Осы сертификат мына оқу курсынан өткенін растайды:",
        quotes="«»",
        period="Оқу мерзімі",
        length="Көлемі",
        run="Оқу тобы",
        issued="Берілген күні",
        until="Жарамдылық мерзімі (соңғы күні)",
        number="Сертификат нөмірі",
        check="Түпнұсқалығын QR-код немесе сертификат нөмірі арқылы тексеруге болады",
        qr="Сертификатты тексеру бетіне апаратын QR-код",
        year="{year} жылғы {days}",
        hours={"other": "{count} академиялық сағат, {minutes} минуттан"},
        days={"other": "{count} күн"},
    ),
    "ru": Phrases(
        word="Сертификат",
        statement="Настоящий сертификат подтверждает прохождение курса:",
        quotes="«»",
        period="Период обучения",
        length="Объём",
        run="Учебная группа",
        issued="Дата выдачи",
        until="Действителен по",
        number="Номер сертификата",
        check="Подлинность можно проверить по QR-коду или номеру сертификата",
        qr="QR-код, ведущий на страницу проверки сертификата",
        year="{days} {year} года",
        hours={
            "one": "{count} академический час, {minutes} мин",
            "few": "{count} академических часа по {minutes} мин",
            "many": "{count} академических часов по {minutes} мин",
            "other": "{count} академического часа по {minutes} мин",
        },
        days={
            "one": "{count} день",
            "few": "{count} дня",
            "many": "{count} дней",
            "other": "{count} дня",
        },
    ),
    "en": Phrases(
        word="Certificate",
        statement="This certificate confirms the completion of the training course:",
        quotes="“”",
        period="Held",
        length="Length",
        run="Run",
        issued="Issued on",
        until="Valid until",
        number="Certificate number",
        check="Its authenticity can be checked by the QR code or the certificate number",
        qr="QR code that leads to the page where the certificate is checked",
        year="{days} {year}",
        hours={
            "one": "{count} academic hour of {minutes} minutes",
            "other": "{count} academic hours of {minutes} minutes",
        },
        days={"one": "{count} day", "other": "{count} days"},
    ),
}
