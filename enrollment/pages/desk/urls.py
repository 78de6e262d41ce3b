"""Addresses of the desk."""

from django.urls import path

from enrollment.pages.desk import (
    checks,
    decisions,
    deputies,
    health,
    home,
    marks,
    nominations,
    reminders,
    runs,
)

urlpatterns = [
    path("", home.overview, name="desk"),
    path("decisions/", decisions.inbox, name="decisions"),
    path("decisions/<uuid:decision>/", decisions.decide, name="decide"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<uuid:deputy>/end/", deputies.end, name="deputy-end"),
    path("nominations/", nominations.listing, name="nominations"),
    path("nominations/<uuid:nomination>/", nominations.show, name="nomination"),
    path("nominations/<uuid:nomination>/apply/", nominations.apply, name="nomination-apply"),
    path("runs/<uuid:run>/nominate/", nominations.nominate, name="nominate"),
    path("runs/", runs.listing, name="runs"),
    path("runs/new/", runs.new, name="run-new"),
    path("runs/<uuid:run>/", runs.show, name="run"),
    path("runs/<uuid:run>/queue/", runs.queue, name="run-queue"),
    path("runs/<uuid:run>/publish/", runs.publish, name="run-publish"),
    path("runs/<uuid:run>/go-ahead/", runs.go_ahead, name="run-go-ahead"),
    path("runs/<uuid:run>/capacity/", runs.capacity, name="run-capacity"),
    path("runs/<uuid:run>/postpone/", runs.postpone, name="run-postpone"),
    path("runs/<uuid:run>/cancel/", runs.cancel, name="run-cancel"),
    path("runs/<uuid:run>/marks/<uuid:session>/", marks.sheet, name="marks"),
    path("runs/<uuid:run>/tests/", marks.tests, name="tests"),
    path("runs/<uuid:run>/finalise/", marks.finalise, name="finalise"),
    path("messages/", health.messages, name="desk-messages"),
    path("messages/<uuid:message>/send-again/", health.send_again, name="send-again"),
    path("reminders/", reminders.listing, name="reminders"),
    path("reminders/next/", reminders.coming, name="reminders-next"),
    path("reminders/new/", reminders.new, name="reminder-new"),
    path("reminders/<slug:rule>/", reminders.edit, name="reminder"),
    path("health/", health.health, name="health"),
    path("invariants/", checks.invariants, name="invariants"),
    path("invariants/ask/", checks.ask_again, name="invariants-ask"),
]
