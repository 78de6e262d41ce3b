"""A material in the hands of somebody who takes part."""

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from academy.web.http import signed_in, viewer_of
from enrollment.classroom import access
from enrollment.classroom.models import Material


@require_safe
@signed_in
def material(request: HttpRequest, material: UUID) -> HttpResponse:
    """The file to save, or the way to the link. A browser never shows a stranger's file as ours.

    Whole, not streamed: the server hands bytes to a slow line by itself, a stream would hold the
    process.
    """
    found = access.material_to_read(viewer_of(request), material)
    if found.url:
        return HttpResponseRedirect(found.url)
    with found.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=found.media_type)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(_saved_as(found))}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _saved_as(material: Material) -> str:
    ending = f".{str(material.file.name).rpartition('.')[2]}"
    name = material.name
    return name if name.lower().endswith(ending) else f"{name}{ending}"
