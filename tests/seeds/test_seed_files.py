"""The seed files agree with each other. No database: this is about the data alone."""

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2] / "seeds"
LANGUAGES = ("kk", "ru", "en")
KAZAKH = set("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")
RUSSIAN = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
HOLDING = {"offered", "confirmed", "reconfirm"}
RUN_STATES = set("draft published going_ahead running finished finalised postponed cancelled".split())
STATES = HOLDING | set(
    "requested waitlisted rejected expired withdrawn cancelled transferred closed".split()
)
TABLES = [*sorted(SEEDS.rglob("*.tsv"))]


def table(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def document(name: str) -> Any:
    return json.loads((SEEDS / name).read_text(encoding="utf-8"))


def reference(name: str) -> dict[str, dict[str, str]]:
    rows = table(f"reference/{name}.tsv")
    assert len({row["code"] for row in rows}) == len(rows), name
    return {row["code"]: row for row in rows}


def split(cell: str) -> list[str]:
    return cell.split(";") if cell else []


COURSES = table("courses.tsv")
TEXTS = document("course_texts.json")
AUDIENCES = {audience["code"]: audience for audience in document("reference/audiences.json")}
COURTS = {court["code"]: court for court in table("judiciary/courts.tsv")}
DEMO = document("demo.json")
RUNS = {run["code"]: run for run in DEMO["runs"]}
ACCOUNTS = {account["login"]: account for account in DEMO["accounts"]}
POSITIONS = reference("positions")


def every_text() -> Iterator[tuple[str, str, str]]:
    """Where, language, text: everything in the seeds that people will read."""
    for path in TABLES:
        for row in table(str(path.relative_to(SEEDS))):
            for column, text in row.items():
                if (language := column.rsplit("_", 1)[-1]) in LANGUAGES:
                    yield f"{path.name} {row.get('code')} {column}", language, text
    for name in ("course_texts.json", "reference/audiences.json", "demo.json"):
        yield from texts_in(document(name), name)


def texts_in(value: Any, where: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        if set(value) >= set(LANGUAGES) and not isinstance(value["kk"], float):
            for language in LANGUAGES:
                texts = value[language]
                for text in texts if isinstance(texts, list) else [texts]:
                    yield where, language, text
        else:
            for key, child in value.items():
                yield from texts_in(child, f"{where} {key}")
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from texts_in(child, f"{where} {number}")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_tables_are_clean_utf8(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not text.startswith("\ufeff")
    assert "\r" not in text
    lines = text.splitlines()
    width = lines[0].count("\t")
    assert all(line.count("\t") == width for line in lines)
    assert all(cell == cell.strip() for line in lines for cell in line.split("\t"))


def test_every_text_has_three_languages() -> None:
    missing = [
        (where, language)
        for where, language, text in every_text()
        if not text.strip() and not where.endswith("title_original")
    ]
    assert not missing


def test_no_word_mixes_alphabets() -> None:
    """A Latin "i", "h" or "o" inside a Cyrillic word looks right and is never found."""
    mixed = []
    for where, language, text in every_text():
        for word in re.findall(r"[^\W\d_]+", text):
            scripts = {unicodedata.name(letter).split()[0] for letter in word}
            if len(scripts) > 1:
                mixed.append((where, language, word))
    assert not mixed


@pytest.mark.parametrize(("language", "letters"), [("kk", KAZAKH), ("ru", KAZAKH)])
def test_cyrillic_texts_use_letters_of_the_alphabet(language: str, letters: set[str]) -> None:
    """Names of places keep Kazakh letters in Russian; Latin words are names and abbreviations."""
    strange = [
        (where, word)
        for where, code, text in every_text()
        if code == language
        for word in re.findall(r"[^\W\d_]+", text)
        if not (set(word.lower()) <= letters or re.fullmatch(r"[A-Z]{2,}|JOeL|[XIV]+", word))
    ]
    assert not strange


def test_russian_prose_has_no_kazakh_letters() -> None:
    prose = [text for entry in TEXTS.values() for text in entry["objectives"]["ru"]]
    prose += [entry["summary"]["ru"] for entry in TEXTS.values()]
    prose += [row["title_ru"] for row in COURSES]
    found = [
        text for text in prose if set(re.sub(r"[^\w]|[\dA-Za-z_]", "", text.lower())) - RUSSIAN
    ]
    assert not found


def test_kazakh_is_not_russian_copied() -> None:
    same = [row["code"] for row in COURSES if row["title_kk"] == row["title_ru"]]
    same += [code for code, text in TEXTS.items() if text["summary"]["kk"] == text["summary"]["ru"]]
    assert not same


# The catalogue


def test_all_real_courses_are_there() -> None:
    assert len(COURSES) == 146
    assert {row["source_id"] for row in COURSES} == {f"RC{number:03d}" for number in range(1, 147)}
    assert len({row["code"] for row in COURSES}) == 146
    assert len({row["provider_code"] for row in COURSES}) == 24
    assert all(re.fullmatch(r"[A-Z]{2}-\d{3}", row["code"]) for row in COURSES)


def test_course_references_resolve() -> None:
    organisations, topics, formats = map(reference, ("organisations", "topics", "formats"))
    for row in COURSES:
        assert row["provider_code"] in organisations, row["code"]
        assert row["format"] in formats, row["code"]
        assert row["topics"], row["code"]
        assert set(split(row["topics"])) <= set(topics), row["code"]
        assert row["audiences"], row["code"]
        assert set(split(row["audiences"])) <= set(AUDIENCES), row["code"]
        assert row["source_url"].startswith("http"), row["code"]
        assert set(split(row["country"])) <= set(split(organisations[row["provider_code"]]["country"]))


def test_not_published_is_empty_and_never_zero() -> None:
    for row in COURSES:
        for column in ("hours", "days", "minutes_per_hour", "year"):
            assert not row[column] or float(row[column]) > 0, (row["code"], column)
        assert bool(row["hours"]) == bool(row["hours_basis"]), row["code"]
        assert not row["minutes_per_hour"] or row["hours"], row["code"]
        assert not (row["hours"] or row["days"]) or row["duration_published"], row["code"]
    assert Counter(bool(row["hours"]) for row in COURSES) == {True: 10, False: 136}
    assert Counter(bool(row["duration_published"]) for row in COURSES) == {True: 50, False: 96}
    assert sum(bool(row["days"]) for row in COURSES) == 28


def test_titles_keep_the_original() -> None:
    for row in COURSES:
        assert row["title_translation"] == "demo"
        if row["title_language"] in LANGUAGES:
            assert row[f"title_{row['title_language']}"] == row["title_original"], row["code"]
        assert row["languages"], row["code"]
    assert Counter(row["title_basis"] for row in COURSES) == {
        "published": 141,
        "descriptive": 4,
        "page-address": 1,
    }


def test_codes_follow_the_topics() -> None:
    prefixes = {row["prefix"] for row in reference("topics").values() if row["prefix"]}
    assert {row["code"][:2] for row in COURSES} == prefixes


def test_core_texts() -> None:
    known = {row["code"]: row["source_id"] for row in COURSES}
    assert len(TEXTS) >= 44
    assert len({code[:2] for code in TEXTS}) >= 15
    for code, entry in TEXTS.items():
        assert known[code] == entry["source_id"]
        assert entry["edition"]["flag"] == "edition"
        assert entry["edition"]["hours"] > 0
        assert entry["edition"]["minutes_per_hour"] == 45
        assert set(entry["edition"]["languages"]) <= set(LANGUAGES)
        assert entry["completion"]["minutes_share"] == 0.8
        assert isinstance(entry["completion"]["test_required"], bool)
        assert set(entry["prerequisites"]) <= set(known) - {code}
        assert {len(entry["objectives"][language]) for language in LANGUAGES} <= {3, 4, 5}, code
        assert len({len(entry["objectives"][language]) for language in LANGUAGES}) == 1, code
        for language in LANGUAGES:
            assert 2 <= len(re.findall(r"[.?!](?:\s|$)", entry["summary"][language])) <= 3, code
    assert sum(bool(entry["prerequisites"]) for entry in TEXTS.values()) >= 4


def test_prerequisites_have_no_circle() -> None:
    def depth(code: str, seen: tuple[str, ...] = ()) -> None:
        assert code not in seen, (*seen, code)
        for before in TEXTS.get(code, {}).get("prerequisites", []):
            depth(before, (*seen, code))

    for code in TEXTS:
        depth(code)


def test_folded_search_has_something_to_find() -> None:
    titles = [row["title_kk"] for row in COURSES if row["code"] in TEXTS]
    assert any("Сот төрелігі" in title for title in titles)
    assert not set("әғқңөұүһі") - set("".join(titles).lower())


# Reference data


def test_topics_and_formats() -> None:
    topics = reference("topics")
    for code, row in topics.items():
        assert not row["parent"] or row["parent"] in topics, code
        assert bool(row["prefix"]) != bool(row["parent"]), code
    assert {row["in_room"] + row["online"] for row in reference("formats").values()} <= {
        "00", "01", "10", "11",
    }  # fmt: skip


def test_regions() -> None:
    regions = reference("regions")
    assert len(regions) == 20
    assert all(re.fullmatch(r"KZ-\d\d", code) for code in regions)


def test_audience_rules_resolve() -> None:
    levels, kinds = reference("court_levels"), reference("court_kinds")
    categories = {row["category"] for row in POSITIONS.values()}
    assert categories == {"judge", "staff", "other"}
    for code, audience in AUDIENCES.items():
        rule = audience["rule"]
        assert set(rule["positions"]) <= set(POSITIONS), code
        assert set(rule["levels"]) <= set(levels), code
        assert set(rule["kinds"]) <= set(kinds), code
        if audience["basis"] == "external":
            assert rule["categories"] == ["external"], code  # no position has it: nobody matches
        else:
            assert set(rule["categories"]) <= categories, code
            assert rule["categories"] or rule["positions"], f"{code} would match everybody"
    assert sum(audience["basis"] == "post" for audience in AUDIENCES.values()) >= 20


def test_organisations() -> None:
    kinds = Counter(row["kind"] for row in reference("organisations").values())
    assert kinds == {"provider": 24, "own": 4}


def test_calendar() -> None:
    days = table("reference/calendar.tsv")
    dates = [date.fromisoformat(row["date"]) for row in days]
    assert dates == sorted(set(dates))
    assert {day.year for day in dates} == {2025, 2026, 2027}
    for row, day in zip(days, dates, strict=True):
        assert row["kind"] in {"off", "worked"}
        assert row["basis"] in {"law", "moved", "government", "estimated", "to-confirm"}
        if row["kind"] == "worked":
            assert day.weekday() >= 5, f"{day} is a working day anyway"
        if row["basis"] == "moved":
            assert day.weekday() < 5, f"{day} would be off anyway"
    for year in (2025, 2026, 2027):
        assert {date(year, 10, 25), date(year, 12, 16), date(year, 3, 21)} <= set(dates)


# The judiciary


def test_courts_resolve() -> None:
    regions, levels, kinds = map(reference, ("regions", "court_levels", "court_kinds"))
    assert len(COURTS) == len(table("judiciary/courts.tsv"))
    for code, court in COURTS.items():
        assert not court["region"] or court["region"] in regions, code
        assert court["level"] in levels, code
        assert court["kind"] in kinds, code
        assert not court["parent"] or court["parent"] in COURTS, code
        assert not court["successor"] or court["successor"] in COURTS, code
        assert bool(court["valid_to"]) == bool(court["successor"]), code
        assert not court["valid_to"] or court["valid_from"] <= court["valid_to"], code
        assert court["time_zone"] == "Asia/Almaty"
        assert court["remote"] in {"0", "1"}
    for column in LANGUAGES:
        names = Counter(court[column] for court in COURTS.values())
        assert names.most_common(1)[0][1] == 1, names.most_common(1)


def test_court_numbers() -> None:
    in_force = [court for court in COURTS.values() if not court["valid_to"]]
    courts = [court for court in in_force if court["level"] != "administration"]
    levels = Counter(court["level"] for court in courts)
    assert 380 <= len(courts) <= 430
    assert levels["supreme"] == 1
    assert levels["cassation"] == 3
    assert {court["region"] for court in courts if court["level"] == "regional"} >= set(
        reference("regions")
    )
    posts = Counter[str]()
    for court in COURTS.values():
        posts[court["region"]] += int(court["posts_judges"])
        assert court["level"] == "administration" or court["valid_to"] or int(court["posts_judges"])
    assert posts.total() == 2719
    assert {region: posts[region] for region in ("KZ-75", "KZ-71", "KZ-35", "KZ-39")} == {
        "KZ-75": 300, "KZ-71": 226, "KZ-35": 223, "KZ-39": 172,
    }  # fmt: skip
    assert [posts[region] for region in ("KZ-55", "KZ-63", "KZ-15")] == [156, 141, 129]
    assert sum(int(court["posts_staff"]) for court in COURTS.values()) == 10_000


def test_names_are_enough_for_the_whole_judiciary() -> None:
    groups = document("judiciary/names.json")["groups"]
    assert sum(group["share"] for group in groups) == pytest.approx(1)
    for group in groups:
        pairs = (len(group["male"]) + len(group["female"])) * len(group["families"])
        assert pairs > 13_000 * group["share"], group["code"]
        assert len(group["patronymics"]) >= 10
        for names in (group["male"], group["female"]):
            assert len(names) == len(set(names)), group["code"]
        words = [*group["male"], *group["female"]]
        words += [name for both in group["families"] for name in both.values()]
        words += [name for both in group["patronymics"] for name in both.values()]
        for word in words:
            assert word[0].isupper(), word
            assert set(word.lower()) <= KAZAKH, word


# The demo


def fits(account: dict[str, Any], course: dict[str, str]) -> bool:
    person = account["person"]
    position, court = POSITIONS[person["position"]], COURTS[person["court"]]
    for code in split(course["audiences"]):
        rule = AUDIENCES[code]["rule"]
        months = rule["max_months_in_post"]
        if (
            AUDIENCES[code]["basis"] == "post"
            and position["category"] in (rule["categories"] or [position["category"]])
            and position["code"] in (rule["positions"] or [position["code"]])
            and court["level"] in (rule["levels"] or [court["level"]])
            and court["kind"] in (rule["kinds"] or [court["kind"]])
            and (months is None or person["months_in_post"] <= months)
        ):
            return True
    return False


def test_accounts() -> None:
    assert list(ACCOUNTS) == [
        "trainee", "trainee2", "official", "chair", "coordinator", "trainer", "registrar",
        "auditor",
    ]  # fmt: skip
    for account in ACCOUNTS.values():
        person = account["person"]
        assert account["email"].endswith("@example.org")
        assert account["language"] in LANGUAGES
        assert person["position"] is None or person["position"] in POSITIONS
        if person["court"]:
            assert COURTS[person["court"]]["region"] == DEMO["region"]
    assert ACCOUNTS["chair"]["person"]["court"] == ACCOUNTS["trainee"]["person"]["court"]
    assert {account["language"] for account in ACCOUNTS.values()} == set(LANGUAGES)


def test_every_state_can_be_seen() -> None:
    assert {run["state"] for run in RUNS.values()} == RUN_STATES
    rows = [row for run in RUNS.values() for row in run["enrollments"]]
    assert {row["state"] for row in rows} == STATES
    assert {row["outcome"] for row in rows if row["state"] == "closed"} == {
        "completed", "partial", "excused", "no_show",
    }  # fmt: skip
    assert {run["mode"] for run in RUNS.values()} == {"open", "approval"}
    assert len(RUNS) == len(DEMO["runs"]) >= 25


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_run_resolves(run: dict[str, Any]) -> None:
    venues = {venue["code"]: venue for venue in DEMO["venues"]}
    trainers = {"trainer"} | {person["external_id"] for person in DEMO["people"]}
    edition = TEXTS[run["course"]]["edition"]
    assert run["language"] in edition["languages"]
    assert run["format"] in reference("formats")
    assert set(run["trainers"]) <= trainers
    assert run["venue"] or run["link"]
    assert not run["link"] or run["link"].startswith("https://meet.example.org/")
    if run["venue"]:
        assert run["capacity"] <= venues[run["venue"]]["capacity"]
    assert run["enrollment_opens_day"] <= run["enrollment_closes_day"]
    phases = {phase["number"] for phase in run.get("phases", [])}
    assert {session["phase"] for session in run["sessions"] if "phase" in session} == phases
    if run["sessions"] and not run.get("tour"):
        minutes = sum(session["minutes"] for session in run["sessions"])
        assert minutes == edition["hours"] * edition["minutes_per_hour"]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_run_state_fits_its_days(run: dict[str, Any]) -> None:
    days = [session.get("day", 0) for session in run["sessions"]]
    if not days:
        assert run["state"] == "postponed"
        return
    assert days == sorted(days)
    assert run["enrollment_closes_day"] <= min(days)
    match run["state"]:
        case "finished" | "finalised":
            assert max(days) < 0
        case "running":
            assert min(days) < 0 < max(days)
        case _:
            assert min(days) > 0 or run.get("tour")
    if run["state"] == "finalised":
        assert all(session["marked"] for session in run["sessions"])


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_enrollments_fit_their_run(run: dict[str, Any]) -> None:
    course = next(row for row in COURSES if row["code"] == run["course"])
    rule = TEXTS[run["course"]]["completion"]
    seats = Counter[str]()
    for row in run["enrollments"]:
        count = row["people"]["count"] if "people" in row else 1
        seats[row["state"]] += count
        assert ("account" in row) != ("people" in row)
        if "account" in row:
            assert fits(ACCOUNTS[row["account"]], course), row["account"]
        else:
            assert row["people"]["audience"] in AUDIENCES
            assert row["people"]["court"] is None or row["people"]["court"] in COURTS
        assert run["enrollment_opens_day"] <= row["asked_day"] <= run["enrollment_closes_day"]
        if row["state"] in {"offered", "reconfirm"}:
            assert row["due_in_hours"] > 0
        if row["state"] in {"rejected", "expired", "withdrawn", "cancelled"}:
            assert row["reason"]
        if row["state"] == "closed":
            passed = row["attended_share"] >= rule["minutes_share"] and (
                row["test_passed"] is True or not rule["test_required"]
            )
            assert (row["outcome"] == "completed") == passed
    active = HOLDING | {"requested", "waitlisted"}
    assert (seats["closed"] > 0) == (run["state"] == "finalised")
    assert run["state"] not in {"cancelled", "finalised"} or not set(seats) & active
    if run["capacity"] is not None:
        held = sum(seats[state] for state in (*HOLDING, "closed"))
        assert held <= run["capacity"]
        assert not seats["waitlisted"] or held == run["capacity"]
    named = [row["account"] for row in run["enrollments"] if "account" in row]
    assert len(named) == len(set(named))


def test_nobody_holds_two_seats_at_once() -> None:
    busy = Counter[tuple[str, int]]()
    for run in RUNS.values():
        for row in run["enrollments"]:
            if "account" in row and row["state"] in HOLDING:
                for day in {session.get("day", 0) for session in run["sessions"]}:
                    busy[row["account"], day] += 1
    assert not busy or max(busy.values()) == 1


def test_nobody_teaches_two_runs_at_once() -> None:
    teaching = Counter[tuple[str, int]]()
    for run in RUNS.values():
        for day in {session.get("day", 0) for session in run["sessions"]}:
            teaching.update((trainer, day) for trainer in run["trainers"])
    assert max(teaching.values()) == 1, teaching.most_common(3)


def test_transfers_have_both_ends() -> None:
    for run in RUNS.values():
        for row in run["enrollments"]:
            if row["state"] == "transferred":
                target = RUNS[row["to"]]
                assert target["course"] == run["course"]
                assert any(
                    other.get("transferred_from") == run["code"]
                    and other.get("account") == row["account"]
                    for other in target["enrollments"]
                )


def test_course_states_resolve() -> None:
    known = {row["code"] for row in COURSES}
    states = DEMO["course_states"]
    assert states["default"] == "published"
    special = [code for state, codes in states.items() if state != "default" for code in codes]
    assert set(special) <= known - {run["course"] for run in RUNS.values()}
    assert len(special) == len(set(special))
