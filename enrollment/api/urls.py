"""Addresses of enrolment's endpoints, under /api/v1/."""

from academy.rest.routes import route
from enrollment.api import (
    blocked_days,
    certificates,
    changes,
    credits,
    decisions,
    enrollments,
    nominations,
    rosters,
    runs,
    seats,
    transfers,
)

ONE = "enrollments/<uuid:enrollment>"

app_name = "enrollment_api"
urlpatterns = [
    *route("enrollments", enrollments.Enrollments, "enrollments"),
    *route(ONE, enrollments.OneEnrollment, "enrollment"),
    *route(f"{ONE}/accept", enrollments.Accept, "accept"),
    *route(f"{ONE}/decline", enrollments.Decline, "decline"),
    *route(f"{ONE}/confirm", enrollments.Confirm, "confirm"),
    *route(f"{ONE}/withdraw", enrollments.Withdraw, "withdraw"),
    *route(f"{ONE}/transfer", transfers.Transfer, "transfer"),
    *route(f"{ONE}/substitute", transfers.Substitute, "substitute"),
    *route(f"{ONE}/test", runs.TestOutcome, "test"),
    *route("decisions", decisions.Decisions, "decisions"),
    *route("decisions/answers", decisions.Answers, "answers"),
    *route("decisions/<uuid:decision>/give", decisions.Give, "give"),
    *route("decisions/<uuid:decision>/refuse", decisions.Refuse, "refuse"),
    *route("nominations", nominations.Nominations, "nominations"),
    *route("nominations/<uuid:nomination>", nominations.OneNomination, "nomination"),
    *route("nominations/<uuid:nomination>/apply", nominations.Apply, "apply"),
    *route("requirements", credits.Requirements, "requirements"),
    *route("requirements/<slug:code>", credits.OneRequirement, "requirement"),
    *route("people/<uuid:person>/requirements", credits.Owed, "owed"),
    *route("people/<uuid:person>/transcript", credits.Transcript, "transcript"),
    *route("people/<uuid:person>/sheets/<int:year>", credits.YearlySheet, "sheet"),
    *route("runs/<uuid:run>/roster", rosters.Roster, "roster"),
    *route("runs/<uuid:run>/publish", runs.Publish, "publish"),
    *route("runs/<uuid:run>/cancel", runs.Cancel, "cancel"),
    *route("runs/<uuid:run>/capacity", changes.Capacity, "capacity"),
    *route("runs/<uuid:run>/postpone", changes.Postpone, "postpone"),
    *route("runs/<uuid:run>/move", changes.Move, "move"),
    *route("runs/<uuid:run>/merge", changes.Merge, "merge"),
    *route("runs/<uuid:run>/split", changes.Split, "split"),
    *route("runs/<uuid:run>/finalise", runs.Finalise, "finalise"),
    *route("runs/<uuid:run>/seats-for-me", seats.SeatsForMe, "seats-for-me"),
    *route("sessions/<uuid:session>/marks", runs.Marks, "marks"),
    *route("courts/<slug:code>/blocked-days", blocked_days.CourtBlockedDays, "court-days"),
    *route("people/<uuid:person>/blocked-days", blocked_days.PersonBlockedDays, "person-days"),
    *route("certificates", certificates.Certificates, "certificates"),
    *route("certificates/<str:serial>", certificates.Check, "certificate"),
]
