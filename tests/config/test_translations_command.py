import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def catalogue(tmp_path, settings):
    (tmp_path / "academy").mkdir()
    (tmp_path / "academy" / "views.py").write_text('_("Help")')
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.LANGUAGES = [("ru", "Русский"), ("en", "English")]
    return tmp_path / "locale/ru/LC_MESSAGES/django.po"


def test_from_a_new_text_to_a_complete_catalogue(catalogue, capsys):
    call_command("translations", "extract")
    assert capsys.readouterr().out == f"{catalogue}: 1 texts, 1 missing, 0 obsolete\n"

    with pytest.raises(CommandError, match="1 problem"):
        call_command("translations", "check")
    assert "'Help': missing" in capsys.readouterr().err

    po = catalogue.read_text("utf-8")
    catalogue.write_text(po.replace('"Help"\nmsgstr ""', '"Help"\nmsgstr "Помощь"'), "utf-8")
    call_command("translations", "check")
    call_command("translations", "compile")
    assert capsys.readouterr().out == (
        f"translations: complete\ncompiled {catalogue.with_suffix('.mo')}\n"
    )
