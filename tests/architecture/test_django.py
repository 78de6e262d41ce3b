import pytest
from django.core.management import call_command
from django.template import TemplateSyntaxError, engines
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.sources import PACKAGES, name_of, template_files


@pytest.mark.django_db
def test_models_and_migrations_agree(capsys):
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_every_template_compiles():
    broken = {}
    for path in template_files():
        if path.suffix not in {".html", ".txt"}:
            continue
        try:
            template = engines["django"].get_template(path.as_posix().rpartition("/templates/")[2])
        except TemplateSyntaxError as error:
            broken[name_of(path)] = str(error)
            continue
        # One of the same name in another room would be found first and this one never shown.
        if template.origin.name != str(path):
            broken[name_of(path)] = f"hidden by {template.origin.name}"

    assert broken == {}


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry


def test_every_address_of_ours_has_a_name():
    unnamed = [
        address
        for address, entry in patterns(get_resolver())
        if entry.name is None and entry.callback.__module__.split(".")[0] in PACKAGES
    ]

    assert unnamed == []
