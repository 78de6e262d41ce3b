"""Addresses of the institution's endpoints, under /api/v1/."""

from academy.api import events, exports, imports, organisation, webhooks
from academy.rest.routes import route

app_name = "academy_api"
urlpatterns = [
    *route("people", organisation.People, "people"),
    *route("people/<uuid:person>", organisation.OnePerson, "person"),
    *route("courts", organisation.Courts, "courts"),
    *route("courts/<slug:code>", organisation.OneCourt, "court"),
    *route("events", events.Events, "events"),
    *route("events/checksum", events.Checksum, "events-checksum"),
    *route("webhooks", webhooks.Webhooks, "webhooks"),
    *route("webhooks/<uuid:webhook>", webhooks.OneWebhook, "webhook"),
    *route("webhooks/<uuid:webhook>/rotate", webhooks.Rotate, "webhook-rotate"),
    *route("webhooks/<uuid:webhook>/pause", webhooks.Pause, "webhook-pause"),
    *route("webhooks/<uuid:webhook>/resume", webhooks.Resume, "webhook-resume"),
    *route("webhooks/<uuid:webhook>/remove", webhooks.Remove, "webhook-remove"),
    *route("webhooks/<uuid:webhook>/test", webhooks.Try, "webhook-test"),
    *route("webhooks/<uuid:webhook>/calls", webhooks.Calls, "webhook-calls"),
    *route("webhooks/<uuid:webhook>/calls/<uuid:call>/replay", webhooks.Replay, "webhook-replay"),
    *route("exports", exports.Exports, "exports"),
    *route("exports/<uuid:job>", exports.OneExport, "export"),
    *route("exports/files/<str:token>", exports.ExportFile, "export-file"),
    *route("imports", imports.Imports, "imports"),
    *route("imports/<uuid:job>", imports.OneImport, "import"),
]
