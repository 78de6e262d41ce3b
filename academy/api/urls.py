"""Addresses of the institution's endpoints, under /api/v1/."""

from academy.api import events, imports, organisation
from academy.rest.routes import route

app_name = "academy_api"
urlpatterns = [
    *route("people", organisation.People, "people"),
    *route("people/<uuid:person>", organisation.OnePerson, "person"),
    *route("courts", organisation.Courts, "courts"),
    *route("courts/<slug:code>", organisation.OneCourt, "court"),
    *route("events", events.Events, "events"),
    *route("imports", imports.Imports, "imports"),
    *route("imports/<uuid:job>", imports.OneImport, "import"),
]
