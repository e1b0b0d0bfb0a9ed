"""Whole conversations through the real webhook and worker. `pytest --update` rewrites the bot's lines."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.desk.duty import handoffs
from bot.desk.reports import filed
from bot.desk.reports.filed import Step
from bot.desk.supervision import muting
from bot.desk.threads import replies
from bot.errors import PuenteError
from bot.housekeeping import tick
from bot.model import Officer
from bot.store.database import carry_out
from tests.conftest import MONDAY
from tests.line import Line

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("**/*.yml"))


class Talk:
    """One transcript being played."""

    def __init__(self, line: Line, script: dict[str, Any], number: int) -> None:
        self.line = line
        self.medium = script.get("channel", "sms")
        self.address = f"+1500555{number:04}"
        self.sender = f"whatsapp:{self.address}" if self.medium == "whatsapp" else self.address
        self.to = f"whatsapp:{line.twilio.lines[0]}" if self.medium == "whatsapp" else line.twilio.lines[0]
        at = script.get("at")
        line.clock.time = datetime.fromisoformat(str(at)).replace(tzinfo=ZoneInfo("America/Chicago")) if at else MONDAY
        line.hotline.chance.seed(f"{script['about']}")
        self.seen = len(line.twilio.sent_to(self.sender))

    def resident(self, said: str | dict[str, Any]) -> None:
        params = {} if isinstance(said, str) else {key: str(value) for key, value in said.items() if key != "text"}
        text = said if isinstance(said, str) else str(said.get("text", ""))
        self.line.clock.pass_by(seconds=20)
        self.line.twilio.text(self.sender, text, line=self.to, **params)

    def officer(self, said: str) -> None:
        """`rodriguez claims`, `rodriguez closes`, `rodriguez writes: …`, `rodriguez report: …`,
        `santos mutes: …` (for four hours); a refusal is said as `refused: …`."""
        login, _, deed = said.partition(" ")
        officer = self.line.officer(login)
        thread = self.line.thread_of(self.address, f"twilio-{self.medium}")
        self.line.clock.pass_by(seconds=60)
        if deed == "claims":
            handoffs.claim(self.line.hotline, officer, thread)
        elif deed == "closes":
            handoffs.close(self.line.hotline, officer, thread, "answered")
        elif deed.startswith("writes: "):
            replies.reply(self.line.hotline, officer, thread, deed.removeprefix("writes: "))
        elif deed.startswith("mutes: "):
            muting.mute(self.line.hotline, officer, thread, deed.removeprefix("mutes: "), 4)
        elif deed.startswith("report: "):
            self._report(officer, thread, deed.removeprefix("report: "))
        else:
            raise ValueError(f"an officer does not know how to: {deed}")

    def _report(self, officer: Officer, thread: int, deed: str) -> None:
        """`reading`, `more: …` (a question), `accepted: 26-1` (a police number), `closed: reason_done`; of the newest one."""
        state, _, words = deed.partition(": ")
        row = self.line.hotline.db.look(
            "SELECT id, version FROM reports WHERE thread_id = :thread ORDER BY id DESC LIMIT 1", {"thread": thread}
        )
        assert row
        named = {"more": "question", "accepted": "police_number", "closed": "reason_is"}
        filled = {named[state]: words} if words else {}
        filed.change(self.line.hotline, officer, row[0], Step(state, row[1], **filled))

    def heard(self) -> str:
        """What reached the resident's phone since last looked at."""
        self.line.work()
        sent = self.line.twilio.sent_to(self.sender)
        new, self.seen = sent[self.seen :], len(sent)
        return "\n---\n".join(new)


def play(line: Line, script: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """The same lines, with what the bot really said."""
    talk = Talk(line, script, number)
    told: list[dict[str, Any]] = []
    for turn in script["talk"]:
        (who, what), *_ = turn.items()
        if who == "bot":
            continue
        told.append({who: what})
        if who == "wait":
            count, unit = str(what).split()
            line.clock.pass_by(**{f"{unit.removesuffix('s')}s": float(count)})
            tick(line.hotline)
        elif who == "resident":
            talk.resident(what)
        elif who == "officer":
            try:
                talk.officer(what)
            except PuenteError as error:
                told.append({"refused": str(error)})
        elif who == "refused":
            told.pop()
            continue
        told.append({"bot": talk.heard() or "(nothing)"})
    return told


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
def test_transcript(path: Path, line: Line, request: pytest.FixtureRequest) -> None:
    script = yaml.safe_load(path.read_text())
    _nobody_waits(line)
    number = FILES.index(path) + 1000
    told = play(line, script, number)
    if request.config.getoption("--update"):
        path.write_text(written({**script, "talk": told}))
        return

    assert spoken(told) == spoken(script["talk"])


def _nobody_waits(line: Line) -> None:
    """Whoever other tests left waiting is gone, and nobody waited lately: places and minutes are this conversation's own."""
    with line.hotline.db.write() as conn:
        carry_out(conn, ("UPDATE handoffs SET closed_at = :at WHERE closed_at IS NULL", {"at": 1}))
        carry_out(conn, ("UPDATE handoffs SET claimed_at = :at WHERE claimed_at IS NOT NULL", {"at": 1}))


def spoken(talk: list[dict[str, Any]]) -> str:
    """As a reader sees a conversation, for a difference that can be read."""
    lines = []
    for turn in talk:
        (who, what), *_ = turn.items()
        lines.append(f"{who}: {re.sub(r'[ ]+$', '', str(what), flags=re.M).strip()}")
    return "\n".join(lines)


def written(script: dict[str, Any]) -> str:
    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    Dumper.add_representer(str, text)
    return yaml.dump(script, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1000)


def test_no_two_transcripts_are_about_the_same_thing() -> None:
    about = [yaml.safe_load(path.read_text())["about"] for path in FILES]

    assert len(FILES) >= 170
    assert len(set(about)) == len(about)
