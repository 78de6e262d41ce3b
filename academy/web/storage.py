"""Static files as they are served: hashed and compressed, and the stylesheet in one piece."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN = ("web/", "django_htmx/")
STYLESHEET = "web/css/main.css"
_IMPORT = re.compile(r'^@import url\("(?P<file>[^"]+)"\) layer\((?P<layer>\w+)\);$', re.MULTILINE)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which also writes the files that main.css imports into main.css."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run and STYLESHEET in paths:
            # Read from the sources, not from STATIC_ROOT: there it is already in one piece.
            whole = _IMPORT.sub(lambda line: _layer(paths, **line.groupdict()), _read(paths))
            self.delete(STYLESHEET)
            self.save(STYLESHEET, ContentFile(whole.encode()))
            paths[STYLESHEET] = (self, STYLESHEET)
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: set[str]) -> Iterator[Any]:
        """Our own files always; the big bundles of others only where time does not press.

        Compressing the API documentation's bundles takes a minute on a small machine.
        """
        if not settings.STATIC_COMPRESSED:
            paths = {path for path in paths if path.startswith(OWN)}
        yield from super().compress_files(paths)


def _layer(paths: dict[str, Any], file: str, layer: str) -> str:
    return f"@layer {layer} {{\n{_read(paths, f'web/css/{file}')}}}"


def _read(paths: dict[str, Any], name: str = STYLESHEET) -> str:
    storage, path = paths[name]
    with storage.open(path) as source:
        return str(source.read().decode())
