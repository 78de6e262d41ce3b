"""The words of the paper, in each language that it is printed in.

Official wording is the institution's, so it is a table and no catalogue of screen texts; it holds
every language that the service has words for, one below the other on the sheet.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's words."""

    word: str  # the heading
    statement: str
    court: str
    person: str
    post: str
    purpose: str
    course: str  # how a course is named as a purpose
    run: str
    held: str
    away: str
    place: str
    payer: str
    payers: Mapping[str, str]
    issued: str
    revision: str
    older: str
    number: str
    check: str
    qr: str  # read aloud instead of the picture


PHRASES: Mapping[str, Phrases] = {
    "kk": Phrases(
        word="Іссапарға негіздеме",
        statement="Іссапарға жіберу туралы бұйрық шығаруға негіз болады.",
        court="Жіберетін сот",
        person="Жіберілетін адам",
        post="Лауазымы",
        purpose="Мақсаты",
        course="«{title}» курсында оқу",
        run="Оқу тобы",
        held="Оқу мерзімі",
        away="Жол жүрумен қоса іссапар мерзімі",
        place="Өткізілетін орны",
        payer="Шығыстарды өтейді",
        payers={
            "court": "жіберетін тарап",
            "academy": "оқуды ұйымдастырушы",
            "host": "шақырушы тарап",
        },
        issued="Берілген күні",
        revision="Редакциясы",
        older="Бұрынғы редакциялар жарамсыз.",
        number="Құжат нөмірі",
        check="Құжаттың күшін QR-код немесе нөмірі арқылы тексеруге болады",
        qr="Құжатты тексеру бетіне апаратын QR-код",
    ),
    "ru": Phrases(
        word="Основание для командировки",
        statement="Является основанием для издания приказа о направлении в командировку.",
        court="Направляющий суд",
        person="Направляется",
        post="Должность",
        purpose="Цель",
        course="обучение на курсе «{title}»",
        run="Учебная группа",
        held="Период обучения",
        away="Срок командировки с днями в пути",
        place="Место проведения",
        payer="Расходы оплачивает",
        payers={
            "court": "направляющая сторона",
            "academy": "организатор обучения",
            "host": "приглашающая сторона",
        },
        issued="Дата выдачи",
        revision="Редакция",
        older="Прежние редакции недействительны.",
        number="Номер документа",
        check="Действительность документа можно проверить по QR-коду или по его номеру",
        qr="QR-код со ссылкой на страницу проверки документа",
    ),
    "en": Phrases(
        word="Basis for an official trip",
        statement="Serves as the basis for the order that sends the person on the trip.",
        court="Sending court",
        person="Person sent",
        post="Post",
        purpose="Purpose",
        course="to attend the course “{title}”",
        run="Run",
        held="Training held",
        away="Trip, travel days included",
        place="Place",
        payer="Costs are paid by",
        payers={
            "court": "the sending side",
            "academy": "the organiser of the training",
            "host": "the inviting side",
        },
        issued="Issued on",
        revision="Revision",
        older="Earlier revisions no longer hold.",
        number="Number",
        check="Whether this paper holds can be checked by the QR code or by its number",
        qr="QR code that leads to the page where the paper can be checked",
    ),
}
