"""A line of some officers over an empty database, with the clock in hand, for tests of who is asked when."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.desk.paging import waves
from bot.desk.threads import views
from bot.errors import PuenteError
from bot.hotline import Hotline
from bot.line import conversation, delivery
from bot.model import Inbound, Officer, Role, Skill
from bot.store import handoffs as store
from bot.store import messages, pagings, staff
from bot.store.handoffs import Handoff
from bot.store.ids import new_id
from tests.line import Clock, thread_of

TESTED = {"test": "County test", "tested_on": "2025-01-01", "expires_on": "2028-01-01"}
OFFICER = "quiero hablar con un oficial"


@dataclass
class Post:
    """`hire` officers, let residents `ask`, look at who `is_asked`."""

    line: Hotline
    clock: Clock
    people: dict[str, Officer] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Officer:
        """As they are now."""
        with self.line.db.read() as conn:
            found = staff.find(conn, self.people[login].id, self.line.today())
        assert found
        return found

    def hire(
        self, login: str, *languages: str, level: int = 3, role: Role = Role.OFFICER, on_shift: bool = True,
        gender: str = "", badge: str = "", name: str = "",
    ) -> None:  # fmt: skip
        skills = tuple(Skill(tag, level, **TESTED) for tag in languages)
        officer = Officer(
            new_id(), login, name or f"{login.capitalize()} {login.capitalize()}son", role, badge,
            dict.fromkeys(languages, level), on_shift, skills=skills, gender=gender,
        )  # fmt: skip
        with self.line.db.write() as conn:
            staff.add(conn, officer, "no password", self.line.instant())
        self.people[login] = officer

    def says(self, phone: str, *texts: str) -> str:
        """The last answer."""
        said = ""
        for words in texts:
            self.clock.pass_by(seconds=2)
            reply = conversation.receive(self.line, Inbound("simulator", uuid4().hex, phone, "sim", words))
            said = reply.text if reply else ""
        return said

    def asks(self, *texts: str, phone: str = "") -> int:
        """Somebody who waits for an officer of Spanish; the thread's id. The first ones are asked to take it."""
        phone = phone or f"resident-{uuid4().hex[:10]}"
        self.says(phone, *(texts or (OFFICER, "S")))
        thread = self.thread(phone)
        waves.page(self.line, thread)
        return thread

    def thread(self, phone: str) -> int:
        return thread_of(self.line, phone, "simulator")

    def handoff(self, thread: int) -> Handoff:
        return self.handoffs(thread)[0]

    def handoffs(self, thread: int) -> list[Handoff]:
        with self.line.db.read() as conn:
            return store.of_thread(conn, self.line.keys, thread)

    def is_asked(self, thread: int, why: str = "waits") -> set[str]:
        """Who is asked now, by login."""
        with self.line.db.read() as conn:
            ids = {login: one.id for login, one in self.people.items()}
            return {
                login for login, id_ in ids.items()
                if any(one.thread_id == thread and one.why == why for one in pagings.of_staff(conn, id_))
            }  # fmt: skip

    def told(self, thread: int) -> list[str]:
        """What the resident was sent without having just written."""
        with self.line.db.read() as conn:
            said = messages.of_thread(conn, self.line.keys, thread)
        return [one.text for one in said if one.state == "queued"]

    def trail(self, thread: int) -> list[str]:
        with self.line.db.read() as conn:
            sql = text("SELECT verb FROM events WHERE subject = :thread ORDER BY id")
            return list(conn.execute(sql, {"thread": f"thread:{thread}"}).scalars())

    def seen_by(self, thread: int) -> set[str]:
        """Whose list it stands on."""
        return {
            login for login in self.people
            if thread in [one.thread_id for one in views.open_for(self.line, self[login])]
        }  # fmt: skip


class Desk(Post):
    """A post whose people go by their first names; what officers did there, and what residents got."""

    def hire(self, login: str, *languages: str, **more: Any) -> None:
        super().hire(login, *languages, name=login.capitalize(), **more)

    def got(self, thread: int) -> list[str]:
        """What the resident was sent without asking for it, delivered now if it was not."""
        delivery.deliver(self.line, thread)
        with self.line.db.read() as conn:
            said = messages.of_thread(conn, self.line.keys, thread)
        return [one.text for one in said if one.direction == "out" and one.state == "delivered"]

    def deeds(self, thread: int) -> list[str]:
        with self.line.db.read() as conn:
            sql = text("SELECT verb FROM events WHERE subject = :thread AND actor LIKE 'officer:%' ORDER BY id")
            return list(conn.execute(sql, {"thread": f"thread:{thread}"}).scalars())


def refused(deed: Callable[[], object], error: type[PuenteError]) -> str:
    """What whoever may not do this is told."""
    with pytest.raises(error) as refusal:
        deed()
    return str(refusal.value)


def phrase(line: Hotline, name: str, tag: str = "es") -> str:
    """The longest part of one of the line's texts that has no placeholder in it."""
    return max(re.split(r"\{\w+\}", line.library.voice(tag).text(line.library.phrase(name))), key=len)


def among(texts: Sequence[str], words: str) -> int:
    """In how many of them these words stand."""
    return sum(words in one for one in texts)
