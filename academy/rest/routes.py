"""Addresses of endpoints: written without a trailing slash, understood with one."""

from django.urls import URLPattern, path

from academy.rest.endpoint import Endpoint


def route(address: str, view: type[Endpoint], name: str) -> list[URLPattern]:
    """The address of an endpoint, twice: as documented, and as people type it."""
    handler = view.as_view()
    return [
        path(address, handler, name=name),
        path(f"{address}/", handler, name=f"{name}-slash"),
    ]
