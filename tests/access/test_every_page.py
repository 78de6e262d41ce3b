"""Every page x every role: what a GET answers. A page that is not in the table fails.

`in` asks to sign in first, `on` leads to another page, `-` does not know the method, `no` says that
there is no such thing; the pages that are shared by all with an account are those of the person who
looks. Commands of the pages are POSTs and go through the same doors (tests of the rooms).
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.urls import URLResolver, get_resolver, resolve

from tests.access.pages import Place
from tests.browser.pages import NO_PAGES, PAGES

ROLES = (
    *("nobody", "trainee", "elsewhere", "head", "coordinator"),
    *("trainer", "stranger", "registrar", "auditor", "partner", "admin"),
)
# nobody; the one whose enrolment it is; a trainee of another court; the head and the coordinator
# of the own court; the trainer of the run; a trainer of other runs; the academy's own; somebody of
# another body; an administrator.
TABLE = """
                                        nobo trai else head coor trai stra regi audi part admi
<the catalogue and what explains it>
courses/                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
courses/<str:code>/                      ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
courses/<str:code>/tell-me/              -    -    -    -    -    -    -    -    -    -    -
courses/<str:code>/tell-me/undo/         -    -    -    -    -    -    -    -    -    -    -
courses.jsonld                           ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
courses/calendar.ics                     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
calendar/<str:token>.ics                 no   no   no   no   no   no   no   no   no   no   no
sign-in/courts/                          no   no   no   no   no   no   no   no   no   no   no
sign-in/courts/answer/                   no   no   no   no   no   no   no   no   no   no   no
sign-in/signature/                       no   no   no   no   no   no   no   no   no   no   no
help/                                    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
privacy/                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
accessibility/                           ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
style-guide/                             ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
language/                                on   on   on   on   on   on   on   on   on   on   on
priority/                                ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
materials/<uuid:material>/               in   on   no   no   no   on   no   on   on   no   no
check-in/                                in   ok   ok   ok   ok   ok   ok   no   no   no   no
check-in/<uuid:session>/                 in   ok   no   no   no   no   no   no   no   no   no
verify/                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
verify/<str:serial>                      ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
<one's own training; an account without a person has none>
/                                        on   ok   ok   ok   ok   ok   ok   on   on   on   on
start/                                   on   on   on   on   on   on   on   on   on   on   on
answer/<str:token>/                      no   no   no   no   no   no   no   no   no   no   no
messages/stop/<str:token>/               no   no   no   no   no   no   no   no   no   no   no
profile/mails/                           -    -    -    -    -    -    -    -    -    -    -
profile/my-data/                         -    -    -    -    -    -    -    -    -    -    -
messages/                                in   ok   ok   ok   ok   ok   ok   no   no   no   no
profile/                                 in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
profile/who-saw/                         in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
profile/calendars/                       in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
profile/calendars/new/                   -    -    -    -    -    -    -    -    -    -    -
profile/calendars/<uuid:feed>/end/       no   no   no   no   no   no   no   no   no   no   no
owed/                                    in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
owed/<slug:requirement>/                 in   ok   ok   ok   no   no   no   no   no   no   no
runs/<uuid:run>/enrol/                   -    -    -    -    -    -    -    -    -    -    -
enrollments/<uuid:enrollment>/           in   ok   no   no   no   no   no   ok   ok   no   no
enrollments/<uuid:enrollment>/accept/    -    -    -    -    -    -    -    -    -    -    -
enrollments/<uuid:enrollment>/confirm/   -    -    -    -    -    -    -    -    -    -    -
enrollments/<uuid:enrollment>/keep/      -    -    -    -    -    -    -    -    -    -    -
enrollments/<uuid:enrollment>/decline/   in   ok   no   no   no   no   no   ok   no   no   no
enrollments/<uuid:enrollment>/withdraw/  in   ok   no   no   no   no   no   ok   no   no   no
enrollments/<uuid:enrollment>/needs/     in   ok   no   no   no   no   no   no   no   no   no
enrollments/<uuid:enrollment>/transfer/  in   ok   no   ok   ok   no   no   ok   no   no   no
enrollments/<uuid:enrollment>/substitute/ in ok no ok ok no no ok no no no
questionnaires/<uuid:invitation>/        in   ok   no   no   no   no   no   no   no   no   no
questionnaires/<uuid:invitation>/thanks/ in no no no no no no no no no no
certificates/<uuid:certificate>.pdf      in   ok   no   no   no   no   no   ok   ok   no   no
<the desk>
desk/                                    in   no   no   ok   ok   ok   ok   ok   ok   ok   no
desk/decisions/                          in   no   no   ok   no   no   no   ok   no   no   no
desk/decisions/<uuid:decision>/          in   no   no   ok   no   no   no   no   no   no   no
desk/deputies/                           in   no   no   ok   no   no   no   no   no   no   no
desk/deputies/<uuid:deputy>/end/         -    -    -    -    -    -    -    -    -    -    -
desk/nominations/                        in   no   no   ok   ok   no   no   ok   ok   no   no
desk/nominations/<uuid:nomination>/      in   no   no   ok   ok   no   no   ok   ok   no   no
desk/nominations/<uuid:nomination>/apply/ - - - - - - - - - - -
desk/nominations/<uuid:nomination>/to-mend.xlsx in no no ok ok no no ok ok no no
desk/runs/<uuid:run>/nominate/           in   no   no   ok   ok   no   no   ok   no   no   no
desk/plan/                               in   no   no   no   no   no   no   on   on   no   no
desk/plan/<int:year>/                    in   no   no   no   no   no   no   ok   ok   no   no
desk/plan/<int:year>/board/              in   no   no   no   no   no   no   ok   ok   no   no
desk/plan/<int:year>/places/             in   no   no   no   no   no   no   ok   ok   no   no
desk/plan/<int:year>/places/<slug:kind>/<slug:key>/ in no no no no no no ok ok no no
desk/plan/<int:year>/print/              in   no   no   no   no   no   no   ok   ok   no   no
desk/plan/<int:year>/bodies/             -    -    -    -    -    -    -    -    -    -    -
desk/plan/<int:year>/approve/            -    -    -    -    -    -    -    -    -    -    -
desk/plan/<int:year>/copy/               in   no   no   no   no   no   no   ok   no   no   no
desk/plan/copies/<uuid:copy>/            in   no   no   no   no   no   no   ok   ok   no   no
desk/plan/copies/<uuid:copy>/apply/      -    -    -    -    -    -    -    -    -    -    -
desk/plan/copies/<uuid:copy>/undo/       -    -    -    -    -    -    -    -    -    -    -
desk/runs/<uuid:run>/copy/               in   no   no   no   no   no   no   ok   no   no   no
desk/runs/                               in   no   no   no   no   ok   ok   ok   ok   no   no
desk/runs/new/                           in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/                    in   no   no   no   no   ok   no   ok   ok   no   no
desk/runs/<uuid:run>/queue/              in   no   no   no   no   ok   no   ok   ok   no   no
desk/runs/<uuid:run>/as-known/           in   no   no   no   no   ok   no   ok   ok   no   no
desk/runs/<uuid:run>/rules/              in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/pools/              in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/selection/          in   no   no   no   no   no   no   ok   no   no   no
desk/out-of-order/<uuid:enrollment>/     in   no   no   no   no   no   no   ok   no   no   no
desk/enrollments/<uuid:enrollment>/cancel/ in no no no no no no ok no no no
desk/certificates/<uuid:certificate>/    in   no   no   no   no   no   no   ok   ok   no   no
desk/certificates/<uuid:certificate>/revoke/ in no no no no no no ok no no no
desk/certificates/<uuid:certificate>/replace/ in no no no no no no ok no no no
desk/courses/                            in   no   no   no   no   no   no   ok   ok   no   no
desk/courses/<str:code>/                 in   no   no   no   no   no   no   ok   ok   no   no
desk/courses/<str:code>/submit/          -    -    -    -    -    -    -    -    -    -    -
desk/courses/<str:code>/publish/         in   no   no   no   no   no   no   ok   no   no   no
desk/courses/<str:code>/archive/         in   no   no   no   no   no   no   ok   no   no   no
desk/interest/                           in   no   no   no   no   no   no   ok   ok   no   no
desk/posts/<uuid:enrollment>/            -    -    -    -    -    -    -    -    -    -    -
desk/priority/                           in   no   no   no   no   no   no   ok   ok   no   no
desk/priority/<slug:code>/               no   no   no   no   no   no   no   no   no   no   no
desk/runs/<uuid:run>/publish/            in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/trainers/           in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/go-ahead/           -    -    -    -    -    -    -    -    -    -    -
desk/runs/<uuid:run>/capacity/           in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/move/               in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/merge/              in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/split/              in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/changes/<str:request_id>/ in no no no no no no no no no no
desk/runs/<uuid:run>/postpone/           in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/cancel/             in   no   no   no   no   no   no   ok   no   no   no
desk/runs/<uuid:run>/marks/<uuid:session>/ in no no no no ok no ok no no no
desk/runs/<uuid:run>/code/<uuid:session>/ in no no no no ok no ok no no no
desk/runs/<uuid:run>/signatures/         in   no   no   no   no   ok   no   ok   no   no   no
desk/runs/<uuid:run>/sheets/<uuid:session>/ in   no   no   no   no   ok   no   ok   no   no   no
desk/runs/<uuid:run>/sheets/<uuid:session>/scan/ -    -    -    -    -    -    -    -    -    -    -
desk/scans/<uuid:scan>/                  in   no   no   no   no   no   no   no   no   no   no
desk/marks-worker.js                     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
desk/runs/<uuid:run>/notice/             in   no   no   no   no   ok   no   ok   no   no   no
desk/runs/<uuid:run>/materials/          in   no   no   no   no   ok   no   ok   no   no   no
desk/runs/<uuid:run>/materials/<uuid:material>/remove/ - - - - - - - - - - -
desk/runs/<uuid:run>/tests/              -    -    -    -    -    -    -    -    -    -    -
desk/runs/<uuid:run>/finalise/           in   no   no   no   no   ok   no   ok   no   no   no
desk/runs/<uuid:run>/feedback/           in   no   no   no   no   ok   no   ok   ok   no   no
desk/questionnaires/                     in   no   no   no   no   no   no   ok   ok   no   no
desk/questionnaires/<slug:questionnaire>/ in no no no no no no ok ok no no
desk/questionnaires/<slug:questionnaire>/revise/ in no no no no no no ok no no no
desk/questionnaires/<slug:questionnaire>/choose/ - - - - - - - - - - -
desk/messages/                           in   no   no   no   no   no   no   ok   ok   no   no
desk/messages/<uuid:message>/send-again/ no no no no no no no no no no no
desk/messages/<uuid:message>/try-now/    no   no   no   no   no   no   no   no   no   no   no
desk/addresses/                          in   no   no   ok   ok   no   no   ok   no   no   no
desk/addresses/revive/                   -    -    -    -    -    -    -    -    -    -    -
desk/reminders/                          in   no   no   no   no   no   no   ok   ok   no   no
desk/reminders/next/                     in   no   no   no   no   no   no   ok   ok   no   no
desk/reminders/new/                      in   no   no   no   no   no   no   ok   no   no   no
desk/reminders/<slug:rule>/              in   no   no   no   no   no   no   ok   no   no   no
desk/runs/bulk/                          -    -    -    -    -    -    -    -    -    -    -
desk/bulk/                               in   no   no   no   no   no   no   ok   no   no   no
desk/bulk/<uuid:bulk>/                   in   no   no   no   no   no   no   ok   no   no   no
desk/bulk/<uuid:bulk>/apply/             -    -    -    -    -    -    -    -    -    -    -
desk/imports/                            in   no   no   no   no   no   no   ok   no   no   no
desk/imports/<uuid:upload>/              in   no   no   no   no   no   no   ok   no   no   no
desk/imports/<uuid:upload>/read/         -    -    -    -    -    -    -    -    -    -    -
desk/imports/<uuid:upload>/match/        -    -    -    -    -    -    -    -    -    -    -
desk/imports/<uuid:upload>/apply/        -    -    -    -    -    -    -    -    -    -    -
desk/imports/<uuid:upload>/drop/         -    -    -    -    -    -    -    -    -    -    -
desk/imports/<uuid:upload>/to-mend.xlsx  in   no   no   no   no   no   no   ok   no   no   no
desk/exports/                            in   no   no   no   no   no   no   ok   no   no   no
desk/exports/<uuid:export>/              in   no   no   no   no   no   no   no   no   no   no
desk/owed/                               in   no   no   ok   ok   no   no   ok   ok   no   no
desk/trips/                              in   no   no   ok   ok   no   no   ok   ok   no   no
desk/runs/<uuid:run>/trips/              in   no   no   ok   ok   no   no   ok   ok   no   no
desk/runs/<uuid:run>/trips/terms/        -    -    -    -    -    -    -    -    -    -    -
desk/runs/<uuid:run>/trips/issue/        -    -    -    -    -    -    -    -    -    -    -
desk/runs/<uuid:run>/trips/all.pdf       in   no   no   ok   ok   no   no   ok   ok   no   no
desk/runs/<uuid:run>/trips/files/        -    -    -    -    -    -    -    -    -    -    -
desk/trips/files/<uuid:batch>/           in   no   no   no   ok   no   no   no   no   no   no
desk/trips/files/<uuid:batch>/all.zip    in   no   no   no   ok   no   no   no   no   no   no
desk/trips/files/<uuid:batch>/<int:number>.pdf in no no   no   ok   no   no   no   no   no   no
trips/<uuid:paper>.pdf                   in   ok   no   ok   ok   no   no   ok   ok   no   no
desk/figures/                            in   no   no   ok   ok   no   no   ok   ok   no   no
desk/figures/<slug:picture>/             in   no   no   ok   ok   no   no   ok   ok   no   no
desk/figures/<slug:picture>.csv          in   no   no   ok   ok   no   no   ok   ok   no   no
desk/owed/court/                         in   no   no   ok   ok   no   no   no   no   no   no
desk/requirements/                       in   no   no   no   no   no   no   ok   ok   no   no
desk/requirements/new/                   in   no   no   no   no   no   no   ok   no   no   no
desk/requirements/<slug:requirement>/    in   no   no   no   no   no   no   ok   no   no   no
desk/requirements/<slug:requirement>/exemptions/ in no no no no no no ok ok no no
desk/exemptions/<uuid:exemption>/end/    -    -    -    -    -    -    -    -    -    -    -
desk/health/                             in   no   no   no   no   no   no   ok   ok   no   no
desk/health/jobs/<uuid:job>/resume/      -    -    -    -    -    -    -    -    -    -    -
desk/health/jobs/<uuid:job>/give-up/     -    -    -    -    -    -    -    -    -    -    -
desk/invariants/                         in   no   no   no   no   no   no   ok   ok   no   no
desk/invariants/ask/                     -    -    -    -    -    -    -    -    -    -    -
desk/systems/                            in   no   no   no   no   no   no   ok   ok   no   no
desk/systems/<uuid:client>/              in   no   no   no   no   no   no   ok   ok   no   no
desk/systems/<uuid:client>/webhooks/<uuid:webhook>/test/ - - - - - - - - - - -
desk/systems/<uuid:client>/calls/<uuid:call>/replay/ - - - - - - - - - - -
desk/proposals/                          in   no   no   no   no   no   no   ok   ok   ok   no
desk/proposals/new/                      in   no   no   no   no   no   no   ok   no   ok   no
desk/proposals/<uuid:proposal>/          in   no   no   no   no   no   no   ok   ok   ok   no
desk/proposals/<uuid:proposal>/edit/     in   no   no   no   no   no   no   no   no   no   no
desk/proposals/<uuid:proposal>/publish/  -    -    -    -    -    -    -    -    -    -    -
desk/proposals/<uuid:proposal>/submit/   -    -    -    -    -    -    -    -    -    -    -
desk/proposals/<uuid:proposal>/comment/  -    -    -    -    -    -    -    -    -    -    -
desk/proposals/<uuid:proposal>/compare/  in   no   no   no   no   no   no   ok   ok   ok   no
desk/proposals/<uuid:proposal>/read/     -    -    -    -    -    -    -    -    -    -    -
desk/proposals/<uuid:proposal>/start/    in   no   no   no   no   no   no   ok   no   no   no
desk/proposals/<uuid:proposal>/send-back/ in no no no no no no ok no no no
desk/proposals/<uuid:proposal>/catalogue/ in no no no no no no no no no no
desk/proposals/comments/<uuid:comment>/  in   no   no   no   no   no   no   no   no   ok   no
desk/proposals/steps/<uuid:step>/        in   no   no   no   no   no   no   no   no   no   no
desk/proposals/route/                    in   no   no   no   no   no   no   ok   no   no   no
desk/partners/                           in   no   no   no   no   no   no   ok   no   no   no
desk/partners/end/                       -    -    -    -    -    -    -    -    -    -    -
desk/needs/                              in   no   no   ok   ok   no   no   ok   ok   ok   no
desk/needs/<int:year>/                   in   no   no   ok   ok   no   no   ok   ok   ok   no
desk/needs/<int:year>/take-in/           -    -    -    -    -    -    -    -    -    -    -
desk/needs/topics/<uuid:topic>/vote/     -    -    -    -    -    -    -    -    -    -    -
desk/needs/topics/<uuid:topic>/shortlist/ - - - - - - - - - - -
desk/needs/topics/<uuid:topic>/propose/  -    -    -    -    -    -    -    -    -    -    -
<signing in>
sign-in/                                 ok   on   on   on   on   on   on   on   on   on   on
sign-in/closed/                          ok   on   on   on   on   on   on   on   on   on   on
sign-out/                                on   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/inactive/                        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/reauthenticate/                  in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/password/change/                 in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/password/set/                    in   on   on   on   on   on   on   on   on   on   on
account/password/reset/                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/password/reset/sent/             ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/password/reset/done/             ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/password/reset/key/…/            no   no   no   no   no   no   no   no   no   no   no
account/2fa/                             in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/2fa/authenticate/                in   on   on   on   on   on   on   on   on   on   on
account/2fa/reauthenticate/              in   on   on   on   on   on   on   on   on   on   on
account/2fa/totp/activate/               in   on   on   on   on   on   on   on   on   on   on
account/2fa/totp/deactivate/             in   no   no   no   no   no   no   no   no   no   no
account/2fa/recovery-codes/              in   no   no   no   no   no   no   no   no   no   no
account/2fa/recovery-codes/generate/     in   on   on   on   on   on   on   on   on   on   on
account/2fa/recovery-codes/download/     in   no   no   no   no   no   no   no   no   no   no
account/2fa/webauthn/                    in   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account/2fa/webauthn/add/                in   on   on   on   on   on   on   on   on   on   on
account/2fa/webauthn/reauthenticate/     in   on   on   on   on   on   on   on   on   on   on
account/2fa/webauthn/keys/<int:pk>/remove/ no no no no no no no no no no no
account/2fa/webauthn/keys/<int:pk>/edit/ no no no no no no no no no no no
account/2fa/webauthn/login/              in   on   on   on   on   on   on   on   on   on   on
<the machine room>
admin/                                   in   in   in   in   in   in   in   in   in   in   ok
oauth/token/                             -    -    -    -    -    -    -    -    -    -    -
api/docs/                                ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api/docs/problems/                       ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api/docs/problems/<slug:code>            no   no   no   no   no   no   no   no   no   no   no
api/docs/problems/<slug:code>/           no   no   no   no   no   no   no   no   no   no   no
scim/v2/<path:path>                      key  key  key  key  key  key  key  key  key  key  key
api/…                                    no   no   no   no   no   no   no   no   no   no   no
healthz                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
readyz                                   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
metrics                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
"""
LINES = [line.split() for line in TABLE.splitlines()[2:] if line and not line.startswith("<")]
EXPECTED = {route: dict(zip(ROLES, answers, strict=True)) for route, *answers in LINES}
HEADER, BELL = b'<header class="header">', b'class="bell"'
WORDS = {200: "ok", 404: "no", 405: "-", 302: "on", 401: "key"}
PATTERNS = {
    r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "account/password/reset/key/…/"
    ),
    r"^api/(?P<rest>.*)$": "api/…",
    "": "/",
}


def pages():
    """The routes of everything but the endpoints; of the admin only its front page."""
    for route, entry in _walk(get_resolver()):
        if not route.startswith("api/v1/") and (entry is None or entry.name != "unknown_address"):
            yield PATTERNS.get(route, route)
    yield "api/…"


def _walk(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if not isinstance(entry, URLResolver):
            yield route, entry
        elif entry.app_name == "admin":
            yield route, None
        else:
            yield from _walk(entry, route)


class AnyId(dict[str, str]):
    """Ids of nothing: only the form of an address is asked for."""

    def __missing__(self, name: str) -> str:
        return f"{UUID(int=1)}"


def route_of(path):
    route = resolve(urlsplit(path).path).route
    return PATTERNS.get(route, route).removeprefix("/")


def word(answer):
    """The answer as it stands in the table."""
    if answer.status_code == 302 and answer["Location"].split("?")[0].endswith(
        ("/sign-in/", "/admin/login/")
    ):
        return "in"
    return WORDS.get(answer.status_code, answer.status_code)


def test_every_page_is_in_the_table():
    assert sorted(pages()) == sorted(EXPECTED)


def test_every_page_is_looked_at_in_a_browser():
    """Whoever may open it, or nobody here because what it shows is not there."""
    opened = {
        route.removeprefix("/")
        for route, answers in EXPECTED.items()
        if {"ok", "no"} & set(answers.values()) and not Path(route).suffix
    }
    looked_at = {
        route_of(path.format_map(AnyId(year=2026, month=5, assessed=2026)))
        for paths in PAGES.values()
        for path in paths
    }

    assert opened - looked_at == NO_PAGES


@pytest.mark.parametrize("role", ROLES)
def test_every_page_answers_each_role(db, monkeypatch, role):
    # In a test's transaction the database's clock stands still.
    monkeypatch.setattr("academy.rest.health.CLOCKS_MAY_DIFFER", timedelta(hours=1))
    place, wrong = Place(), {}
    browser, is_signed_in = place.browser(role), role != "nobody"
    for route, answers in EXPECTED.items():
        answer = browser.get(place.address(route.removeprefix("/")))
        if word(answer) != answers[role]:
            wrong[route] = (word(answer), "not", answers[role])
        if HEADER in getattr(answer, "content", b"") and (BELL in answer.content) != is_signed_in:
            wrong[route] = "the bell"

    assert wrong == {}
