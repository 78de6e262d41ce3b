"""A material in the hands of somebody who takes part."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from academy.web.http import handed_over, signed_in, viewer_of
from enrollment.classroom import access
from enrollment.classroom.models import Material


@require_safe
@signed_in
def material(request: HttpRequest, material: UUID) -> HttpResponse:
    """The file to save, or the way to the link."""
    found = access.material_to_read(viewer_of(request), material)
    if found.url:
        return HttpResponseRedirect(found.url)
    with found.file.open("rb") as file:
        return handed_over(file.read(), media_type=found.media_type, name=_saved_as(found))


def _saved_as(material: Material) -> str:
    ending = f".{str(material.file.name).rpartition('.')[2]}"
    name = material.name
    return name if name.lower().endswith(ending) else f"{name}{ending}"
