"""Addresses of those who take part, and of the desk."""

from django.urls import include, path

from enrollment.pages import (
    answering,
    calendars,
    certificates,
    checking_in,
    enrolling,
    feedback,
    materials,
    moving,
    my,
    needs,
    owed,
    published,
    trips,
)

ONE = "enrollments/<uuid:enrollment>/"

app_name = "enrollment"
urlpatterns = [
    path("", my.my_training, name="my"),
    path("start/", my.start, name="start"),
    path("runs/<uuid:run>/enrol/", enrolling.enroll, name="enroll"),
    path(ONE, enrolling.enrollment, name="enrollment"),
    path(f"{ONE}accept/", enrolling.accept, name="accept"),
    path(f"{ONE}confirm/", enrolling.confirm, name="confirm"),
    path(f"{ONE}decline/", enrolling.decline, name="decline"),
    path(f"{ONE}withdraw/", enrolling.withdraw, name="withdraw"),
    path("owed/", owed.owed, name="owed"),
    path("owed/<slug:requirement>/", owed.explained, name="owed-explained"),
    path("priority/", published.priority, name="priority-published"),
    path(f"{ONE}transfer/", moving.transfer, name="transfer"),
    path(f"{ONE}substitute/", moving.substitute, name="substitute"),
    path(f"{ONE}needs/", needs.needs, name="needs"),
    path("answer/<str:token>/", answering.answer, name="answer"),
    path("questionnaires/<uuid:invitation>/", feedback.questionnaire, name="questionnaire"),
    path("questionnaires/<uuid:invitation>/thanks/", feedback.thanks, name="questionnaire-thanks"),
    path(f"{ONE}keep/", enrolling.keep, name="keep"),
    path("profile/calendars/", calendars.calendars, name="calendars"),
    path("profile/calendars/new/", calendars.make, name="calendar-new"),
    path("profile/calendars/<uuid:feed>/end/", calendars.end, name="calendar-end"),
    path("calendar/<str:token>.ics", calendars.feed, name="calendar"),
    path("materials/<uuid:material>/", materials.material, name="material"),
    path("check-in/", checking_in.sign_in_now, name="check-in-now"),
    path("check-in/<uuid:session>/", checking_in.sign_in_to, name="check-in"),
    path("verify/", certificates.ask, name="verify-form"),
    path("verify/<str:serial>", certificates.verify, name="verify"),
    path("certificates/<uuid:certificate>.pdf", certificates.pdf, name="certificate-pdf"),
    path("trips/<uuid:paper>.pdf", trips.pdf, name="trip-pdf"),
    path("desk/", include("enrollment.pages.desk.urls")),
]
