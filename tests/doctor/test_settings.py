"""What the doctor says of settings, flows, keys and the translator."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor import settings as of_settings
from bot.doctor.signs import Help, look
from bot.doctor.translator import translator as of_translator
from bot.errors import NotTranslated, Untranslated
from bot.hotline import Hotline
from bot.store.sealing import new_keyset
from tests.doctor.ideal import TOWN, signs, told, town
from tests.fake_translator import fake_translator


@pytest.mark.parametrize(
    ("setting", "name", "state", "says"),
    [
        ({"PUBLIC_URL": "http://line.example.gov"}, "public address", "bad", "in the open"),
        ({"PUBLIC_URL": "https://line.example.gov/sms"}, "public address", "bad", "with a path"),
        ({"PUENTE_ENV": "development"}, "public address", "warning", "simulator is open"),
        ({"PUENTE_ENV": "development", "PUBLIC_URL": ""}, "public address", "good", "trying out"),
        ({"DEPARTMENT_NAME": "Riverbend Police Dept"}, "department", "bad", "21 characters"),
        ({"DEPARTMENT_NAME": "Maple Police Departm"}, "department", "good", "Maple"),  # twenty
        ({"DEPARTMENT_PHONE": ""}, "department", "bad", "DEPARTMENT_PHONE"),
        ({"LINE_NUMBERS": "555-0100"}, "department", "bad", "555-0100"),
        ({"PUENTE_ENV": "development", "LINE_NUMBERS": ""}, "department", "bad", "LINE_NUMBERS is empty"),
        ({"DEPARTMENT_HOLIDAYS": "2020-12-25"}, "department", "warning", "no day to come"),
        ({"DEPARTMENT_LANGUAGES": "en,es,tlh"}, "languages", "bad", "no texts in tlh"),
        ({"DEPARTMENT_LANGUAGES": "en,es,pl"}, "languages", "warning", "safety texts are translated into pl"),
        ({"DEPARTMENT_LANGUAGES": "en,es"}, "languages", "good", "2 languages"),
        ({}, "alarms", "good", "told by webhook"),
        ({"ALARM_WEBHOOK_URL": ""}, "alarms", "warning", "Nobody is told"),
        ({"ALARM_EMAIL_TO": "chief@maple.example.gov"}, "alarms", "bad", "SMTP_URL is empty"),
        ({"SMTP_URL": "smtp://mail.maple.example.gov"}, "alarms", "bad", "ALARM_EMAIL_TO is empty"),
    ],
)
def test_a_setting(tmp_path: Path, setting: dict[str, str], name: str, state: str, says: str) -> None:
    seen = signs(town(tmp_path, **setting))
    checks = (of_settings.address, of_settings.department, of_settings.languages, of_settings.alarms)
    found = told(one for check in checks for one in check(seen))

    assert (found[name].state, says in found[name].says) == (state, True), str(found[name])


@pytest.mark.parametrize(
    ("help_given", "state", "says"),
    [
        (Help(frozenset(), inside=True), "good", "knows all"),
        (Help(frozenset({"ht", "so"}), inside=True), "warning", "does not know Haitian Creole."),
        (Help(frozenset(), inside=False), "bad", "would leave the department"),
        (NotTranslated(Untranslated.KEY), "warning", "does not let this line in"),
    ],
)
def test_a_translator(tmp_path: Path, help_given: Help | NotTranslated, state: str, says: str) -> None:
    seen = signs(town(tmp_path, TRANSLATOR_URL="http://translator.example"), translator=help_given)

    found = told(of_translator(seen))["translator"]
    assert (found.state, says in found.says) == (state, True), str(found)


def test_a_translator_is_asked_only_where_there_is_one_and_with_its_key(tmp_path: Path) -> None:
    assert look(town(tmp_path)).translator is None
    with fake_translator("a-key") as server:
        right = look(town(tmp_path, TRANSLATOR_URL=server.url, TRANSLATOR_KEY="a-key")).translator
        wrong = look(town(tmp_path, TRANSLATOR_URL=server.url, TRANSLATOR_KEY="no key")).translator
    gone = look(town(tmp_path, TRANSLATOR_URL=server.url)).translator

    assert isinstance(right, Help) and right.inside and {"ht", "vi"} <= right.lacking and "es" not in right.lacking
    assert isinstance(wrong, NotTranslated) and wrong.why is Untranslated.KEY
    assert isinstance(gone, NotTranslated) and gone.why is Untranslated.AWAY


def test_broken_flows_are_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "home.yml").write_text("flow: home\nsteps: nonsense\n")
    monkeypatch.setattr(of_settings, "HOME", tmp_path)

    found = told(of_settings.flows(signs(town(tmp_path))))["flows"]

    assert found.state == "bad" and "home.yml" in found.says


def test_keys(line: Hotline) -> None:
    other = new_keyset()
    index_of_other = other.partition(",index:")[2]
    mixed = f"{TOWN['SEAL_KEYS'].partition(',index:')[0]},index:{index_of_other}"
    for keys, says in ((other, "another row"), (mixed, "no resident is found"), ("1:abc", "not a keyset")):
        found = told(of_settings.keys(look(replace(line.config, seal_keys=keys))))["seal keys"]
        assert (found.state, says in found.says) == ("bad", True), str(found)


def test_the_keys_of_development_are_not_for_production(tmp_path: Path) -> None:
    (tmp_path / "seal-keys").write_text(TOWN["SEAL_KEYS"])

    found = told(of_settings.keys(signs(town(tmp_path))))["seal keys"]

    assert found.state == "bad" and "beside the database" in found.says
