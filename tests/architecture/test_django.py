import pytest
from django.core.management import call_command
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.sources import PACKAGES, name_of, template_files


@pytest.mark.django_db
def test_models_and_migrations_agree(capsys):
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.parametrize(
    "path",
    [path for path in template_files() if path.suffix in {".html", ".txt"}],
    ids=name_of,
)
def test_template_compiles(path):
    name = path.as_posix().rpartition("/templates/")[2]

    template = engines["django"].get_template(name)

    # A template of the same name in another room would be found first and this one never shown.
    assert template.origin.name == str(path)


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
