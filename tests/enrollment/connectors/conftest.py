"""Other systems on this machine: they answer over HTTP and remember what they were asked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest


class Double(ThreadingHTTPServer):
    """One POST in, one answer out; `down` makes it answer 503 to everything."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.down = False
        self.calls = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, object]:
        raise NotImplementedError


class _Answering(BaseHTTPRequestHandler):
    server: Double

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls += 1
        status, answer = (
            (503, "busy") if self.server.down else self.server.answer(self.path, self.headers, body)
        )
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        """Quiet."""


class Store(Double):
    """A learning record store that is as strict as the standard (xAPI 1.0.3) allows."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, dict[str, Any]] = {}

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, object]:
        if headers["Authorization"] != "Basic a2V5OnNlY3JldA==":
            return 401, "who?"
        if path != "/xapi/statements" or headers["X-Experience-API-Version"] != "1.0.3":
            return 400, "not xAPI 1.0.3"
        statements = json.loads(body)
        for one in statements:
            if problem := wrong_with(one):
                return 400, problem
            if self.kept.get(one["id"], one) != one:
                return 409, "another statement has this id"
        self.kept |= {one["id"]: one for one in statements}
        return 200, [one["id"] for one in statements]

    def said(self, verb: str) -> list[dict[str, Any]]:
        return [one for one in self.kept.values() if one["verb"]["id"].endswith("/" + verb)]


def wrong_with(one: dict[str, Any]) -> str:
    """What the standard does not allow, or this service must not say."""
    known = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
    if one.keys() - known or {"id", "actor", "verb", "object", "timestamp"} - one.keys():
        return "properties"
    account = one["actor"].get("account", {})
    if one["actor"].keys() != {"objectType", "account"} or account.keys() != {"homePage", "name"}:
        return "the actor is known by an account only"
    if not one["verb"]["id"].startswith("http") or "score" in one.get("result", {}):
        return "verb or result"
    is_void = one["verb"]["id"].endswith("/voided")
    if is_void != (one["object"]["objectType"] == "StatementRef") or (is_void and "result" in one):
        return "voiding"
    if not one["object"]["id"]:
        return "object"
    return ""


class Moodle(Double):
    """The functions that we call, answering in the shapes that Moodle 4 was seen to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.users = {"J-77": 5001}
        self.enrolled: set[tuple[int, int]] = set()
        self.completed: dict[int, int] = {}
        self.problem: dict[str, str] | None = None
        self.asked: list[str] = []

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, object]:
        form = dict(parse_qsl(body.decode()))
        if path != "/webservice/rest/server.php" or form.get("moodlewsrestformat") != "json":
            return 200, b"<?xml version='1.0'?><EXCEPTION/>"
        if form.get("wstoken") != "token":
            return 200, exception("invalidtoken", "Invalid token - token not found")
        self.asked.append(form["wsfunction"])
        if self.problem:
            return 200, self.problem
        return 200, getattr(self, form["wsfunction"])(form)

    def core_user_get_users_by_field(self, form: dict[str, str]) -> object:
        wanted = {value.lower() for name, value in form.items() if name.startswith("values[")}
        return [
            {"id": number, "username": name.lower(), "idnumber": name, "auth": "manual"}
            for name, number in self.users.items()
            if form["field"] == "idnumber" and name.lower() in wanted
        ]

    def enrol_manual_enrol_users(self, form: dict[str, str]) -> object:
        assert form["enrolments[0][roleid]"] == "5"
        self.enrolled.add(self._place(form))
        return None

    def enrol_manual_unenrol_users(self, form: dict[str, str]) -> object:
        self.enrolled.discard(self._place(form))
        return None

    def core_completion_get_course_completion_status(self, form: dict[str, str]) -> object:
        moment = self.completed.get(int(form["userid"]))
        criterion = {
            "type": 4,
            "title": "Activity completion",
            "status": "Yes" if moment else "No",
            "complete": bool(moment),
            "timecompleted": moment,
            "details": {"type": "", "criteria": "", "requirement": "", "status": ""},
        }
        return {
            "completionstatus": {
                "completed": bool(moment),
                "aggregation": 1,
                "completions": [criterion],
            },
            "warnings": [],
        }

    def _place(self, form: dict[str, str]) -> tuple[int, int]:
        return int(form["enrolments[0][courseid]"]), int(form["enrolments[0][userid]"])


def exception(code: str, message: str) -> dict[str, str]:
    return {"exception": "moodle_exception", "errorcode": code, "message": message}


@pytest.fixture
def store(settings: Any) -> Iterator[Store]:
    double = Store()
    settings.XAPI_ENDPOINT = f"{double.url}/xapi/"
    settings.XAPI_KEY, settings.XAPI_SECRET = "key", "secret"
    yield double
    double.shutdown()
    double.server_close()


@pytest.fixture
def moodle(settings: Any) -> Iterator[Moodle]:
    double = Moodle()
    settings.MOODLE_URL, settings.MOODLE_TOKEN = f"{double.url}/", "token"
    yield double
    double.shutdown()
    double.server_close()
