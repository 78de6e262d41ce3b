"""Addresses of the institution's own pages."""

from django.urls import path

from academy.pages import about, own

app_name = "academy"
urlpatterns = [
    path("profile/", own.profile, name="profile"),
    path("profile/who-saw/", own.disclosures, name="disclosures"),
    path("profile/mails/", own.choose_mails, name="choose_mails"),
    path("profile/my-data/", own.my_data, name="my_data"),
    path("messages/", own.sent, name="sent"),
    path("messages/stop/<str:token>/", own.stop_mails, name="stop_mails"),
    path("help/", about.help_page, name="help"),
    path("privacy/", about.privacy, name="privacy"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("style-guide/", about.style_guide, name="style_guide"),
]
