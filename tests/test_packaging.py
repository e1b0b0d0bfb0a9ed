"""The container's recipe, the compose file, the systemd units and the manual's pictures, held to the program. Docker and
systemd are not asked: they need not be here."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from bot.__main__ import main
from bot.config import Config
from bot.live_texts import HOME

UNITS = HOME / "docs" / "deploy" / "systemd"
SETTINGS = {one.metadata["name"] for one in fields(Config)}
OURS = ("migrate", "web", "worker", "scheduler")
STOPS_WITHIN = 20  # seconds that a process of the line may take to end
OTHERS_SETTINGS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def procfile() -> dict[str, list[str]]:
    """Words of each command, from `python` on."""
    rows = (row.partition(":") for row in (HOME / "Procfile").read_text().splitlines())
    return {name: words[words.index("python") :] for name, _, rest in rows if (words := shlex.split(rest))}


def known(command: Sequence[str]) -> bool:
    """Whether this is a process of the Procfile or a command of `python -m bot` (after whatever Python it names)."""
    if list(command[1:]) in [words[1:] for words in procfile().values()]:
        return True
    if list(command[1:3]) != ["-m", "bot"]:
        return False
    found: click.Command | None = main
    for word in command[3:]:
        found = found.commands.get(word) if isinstance(found, click.Group) else None
    return found is not None and not isinstance(found, click.Group)


# The container


def instructions(path: Path) -> list[tuple[str, str]]:
    """The last stage of a Dockerfile: each instruction and its words, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    rows = [row.partition(" ") for row in text.splitlines() if row.strip()]
    found = [(word, rest.strip()) for word, _, rest in rows]
    last = max(at for at, (word, _) in enumerate(found) if word == "FROM")
    return found[last:]


def copied() -> list[str]:
    """What of this folder is in the image."""
    wanted = [shlex.split(rest) for word, rest in instructions(HOME / "Dockerfile") if word == "COPY"]
    return [words[0].rstrip("/") for words in wanted if not words[0].startswith("--from")]


def test_the_image_has_what_the_program_needs_and_nothing_else() -> None:
    assert sorted(copied()) == ["LICENSE", "bot", "flows", "locales", "workers"]


def test_nothing_else_is_even_sent_to_the_builder() -> None:
    rows = (HOME / ".dockerignore").read_text().split("\n")
    assert rows[rows.index("*") :][0] == "*"
    let_in = {row.removeprefix("!") for row in rows if row.startswith("!")}
    assert let_in == {*copied(), "requirements.txt"}
    assert rows.index("*") < min(rows.index(f"!{one}") for one in let_in)


def test_the_image_runs_as_nobody_special_and_hears_signals() -> None:
    found = instructions(HOME / "Dockerfile")
    words = dict(found)
    assert words["USER"] not in ("", "root", "0")
    assert [word for word, _ in found].index("USER") > max(at for at, (word, _) in enumerate(found) if word == "RUN")
    command = json.loads(words["CMD"])  # the exec form: no shell stands between the signal and the process
    assert command == procfile()["web"]
    probe = json.loads(words["HEALTHCHECK"].partition("CMD ")[2])
    assert "/healthz" in probe[-1]
    compile(probe[-1], "healthcheck", "exec")
    named = set(re.findall(r"\b([A-Z][A-Z_]+)=", words["ENV"])) - {"PATH", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX"}
    assert named <= SETTINGS


def test_the_final_stage_builds_nothing() -> None:
    run = " ".join(rest for word, rest in instructions(HOME / "Dockerfile") if word == "RUN")
    assert not re.search(r"\b(gcc|g\+\+|build-essential|pip|-dev|curl|wget)\b", run)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is copied, in a folder of its own."""
    folder = tmp_path_factory.mktemp("image")
    for name in copied():
        if (HOME / name).is_dir():
            shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(HOME / name, folder)
    return folder


def run(image: Path, *words: str, **settings: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in {*SETTINGS, "PYTHONPATH"}}
    environment = {**kept, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    done = subprocess.run(
        [sys.executable, *words], cwd=image, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_copied_files_suffice(image: Path, tmp_path: Path) -> None:
    """And nothing but DATA_DIR is written."""
    before = sorted(image.rglob("*"))
    assert "can go live" in run(image, "-m", "bot", "flows", "check")
    run(image, "-m", "bot", "migrate", DATA_DIR=str(tmp_path))
    warmed = "import bot.web.serve, bot.web.app, workers.run, bot.config as c; bot.web.app.serve(c.read_environment())"
    where = run(image, "-c", f"{warmed}; print(bot.web.app.__file__)", DATA_DIR=str(tmp_path))
    assert where.strip().startswith(str(image))
    assert sorted(image.rglob("*")) == before
    assert (tmp_path / "puente.db").exists()


def test_the_healthcheck_says_whether_the_web_process_answers(image: Path) -> None:
    probe = json.loads(dict(instructions(HOME / "Dockerfile"))["HEALTHCHECK"].partition("CMD ")[2])
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *words: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        run(image, *probe[1:], PORT=str(server.server_port))
    nobody = {**os.environ, "PORT": str(server.server_port)}
    sick = subprocess.run([sys.executable, *probe[1:]], env=nobody, capture_output=True, check=False)
    assert sick.returncode != 0


# The manual


def test_the_pictures_are_those_that_the_pages_show() -> None:
    from tests.browser.screenshots import IN_DOCS

    pages = "".join(path.read_text() for path in (HOME / "README.md", *(HOME / "docs").glob("*.md")))
    shown = set(re.findall(r"\((?:docs/)?img/([\w-]+)\.png\)", pages))
    assert shown == {path.stem for path in (HOME / "docs" / "img").iterdir()} == set(IN_DOCS)


# compose.yaml


@pytest.fixture(scope="module")
def compose() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((HOME / "compose.yaml").read_text())
    return found


def each(compose: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from compose["services"].items()


def test_the_services_are_the_processes_of_the_line(compose: Mapping[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {*OURS, "postgres", "redis"}
    for name, words in procfile().items():
        assert services[name]["command"] == words
    assert services["migrate"]["command"] == ["python", "-m", "bot", "migrate"]
    assert all(known(services[name]["command"]) for name in OURS)


def test_tables_are_brought_up_to_date_first(compose: Mapping[str, Any]) -> None:
    for name in ("web", "worker", "scheduler"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["postgres"] == waits["redis"] == {"condition": "service_healthy"}
    assert compose["services"]["migrate"]["restart"] != "unless-stopped"  # else it would never be completed


def test_what_compose_sets_is_a_setting(compose: Mapping[str, Any]) -> None:
    for name, service in each(compose):
        unknown = set(service.get("environment", {})) - (SETTINGS if name in OURS else OTHERS_SETTINGS)
        assert not unknown, name


def test_every_service_is_confined(compose: Mapping[str, Any]) -> None:
    for name, service in each(compose):
        assert service["read_only"] is True, name
        assert "/tmp" in service["tmpfs"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        assert _seconds(service["stop_grace_period"]) >= STOPS_WITHIN, name
        assert re.fullmatch(r"[\w./-]+:\d+(\.\d+)+[\w.-]*", service["image"]), f"{name} is not pinned by version"
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert compose["services"][name]["networks"] == ["inside"]
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD"


def test_only_web_is_reached_and_only_from_this_machine(compose: Mapping[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in each(compose) if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_the_redis_of_compose_throws_nothing_away(compose: Mapping[str, Any]) -> None:
    words = compose["services"]["redis"]["command"]
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"
    assert words[words.index("--appendonly") + 1] == "yes"


def test_no_secret_is_written_down(compose: Mapping[str, Any]) -> None:
    for name, service in each(compose):
        for setting, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|KEY|_URL$", setting):
                written = re.sub(r"\$\{[^}]*\}", "", value)  # without what comes from .env
                assert not re.search(r"://[^/@]*:[^/@]+@", written), f"{name}: {setting}"
                assert "://" in value or not written, f"{name}: {setting}"
    for path in (HOME / "compose.yaml", HOME / "Dockerfile", *UNITS.iterdir()):
        assert not re.search(r"\b(AC|SK)[0-9a-f]{32}\b|AIza|-----BEGIN", path.read_text()), path


def _seconds(text: str) -> int:
    return int(text.removesuffix("s")) if text.endswith("s") else 60 * int(text.removesuffix("m"))


# systemd


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections, and in each the values of every directive in order."""
    sections: dict[str, dict[str, list[str]]] = {}
    for row in path.read_text().splitlines():
        if row.startswith("["):
            section = sections.setdefault(row.strip("[]"), {})
        elif row and not row.startswith("#"):
            name, separator, value = row.partition("=")
            assert separator, row
            section.setdefault(name, []).append(value)
    return sections


SERVICES = sorted(UNITS.glob("*.service"))
CONFINED = """NoNewPrivileges PrivateTmp PrivateDevices ProtectHome ProtectClock ProtectHostname ProtectKernelLogs
    ProtectKernelModules ProtectKernelTunables ProtectControlGroups RestrictNamespaces RestrictRealtime RestrictSUIDSGID
    LockPersonality MemoryDenyWriteExecute""".split()


def started(service: Mapping[str, list[str]]) -> tuple[dict[str, str], list[str]]:
    """Settings that nothing overrules, and the command: `/usr/bin/env NAME=value … python …`."""
    env, *words = service["ExecStart"][0].split()
    assert env == "/usr/bin/env"
    given = [word for word in words if "=" in word]
    assert words[: len(given)] == given
    return dict(one.split("=") for one in given), words[len(given) :]


def test_there_is_a_unit_for_every_process() -> None:
    names = {path.name for path in UNITS.iterdir()}
    assert names == {
        "puente.target", "puente-migrate.service", "puente-web.service", "puente-worker@.service",
        "puente-scheduler.service",
    }  # fmt: skip
    commands = [started(unit(path)["Service"])[1][1:] for path in SERVICES]
    assert all(words[1:] in commands for words in procfile().values())


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service(path: Path) -> None:
    found = unit(path)
    service = found["Service"]
    assert all(len(values) == 1 for name, values in service.items() if name != "SystemCallFilter")
    given, (python, *words) = started(service)
    assert python.startswith("/") and python.endswith("/.venv/bin/python")
    assert Path(python).parents[2] == Path(service["WorkingDirectory"][0])
    assert known([python, *words])
    assert service["User"] == ["puente"]
    assert service["EnvironmentFile"] == ["/etc/puente/env"]
    assert int(service["TimeoutStopSec"][0]) >= STOPS_WITHIN
    assert service["KillMode"] == ["mixed"]
    assert service["Restart"] == (["on-failure"] if "migrate" in path.name else ["always"])
    assert found["Unit"]["StartLimitIntervalSec"] == ["0"]  # it never gives up
    assert found["Unit"]["PartOf"] == found["Install"]["WantedBy"] == ["puente.target"]
    assert {name for name in CONFINED if service.get(name) != ["yes"]} == set()
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert set(service["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert given == {"PUENTE_ENV": "production", "DATA_DIR": f"/var/lib/{service['StateDirectory'][0]}"}
    overruled = dict(one.split("=") for one in service["Environment"][0].split())  # by the EnvironmentFile
    assert set(overruled) == {"PYTHONUNBUFFERED", "MALLOC_ARENA_MAX"}


@pytest.mark.parametrize("path", [one for one in SERVICES if "migrate" not in one.name], ids=lambda path: path.name)
def test_tables_come_first_also_here(path: Path) -> None:
    first = unit(path)["Unit"]
    assert "puente-migrate.service" in first["After"][0].split()
    assert "puente-migrate.service" in first["Wants"][0].split()


def test_the_commands_that_are_known_are_known() -> None:
    assert known(["python", "-m", "bot", "flows", "check"])
    assert not known(["python", "-m", "bot", "flows"])
    assert not known(["python", "-m", "bot", "migrate", "now"])
    assert not known(["python", "-m", "bot.web"])
