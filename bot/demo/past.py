"""Writes what would have been written in days gone by: threads, texts, hand-offs, reports, each at its instant. For the demo
town, and for tests that count. All at once at the end, so that hundreds of threads take a second."""

from collections import defaultdict
from itertools import count
from typing import Any

from sqlalchemy import Connection

from bot.store import schema
from bot.store.ids import first_id
from bot.store.sealing import Keyset
from bot.store.threads import Memory, memory_to_json
from bot.text.language_choice import Standing

_ORDER = (
    "residents", "threads", "messages", "handoffs", "pagings", "events", "reports", "report_changes", "misses",
    "survey_answers",
)  # fmt: skip


class Past:
    """Instants are ms; ids are those of their instant, as the line would have made them."""

    def __init__(self, keys: Keyset) -> None:
        self._keys, self._number = keys, count(1)
        self._rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def thread(self, name: str, handle: str, language: str | None, channel: str, at: int) -> int:
        """Somebody who wrote for the first time; the thread's id."""
        resident, thread = self._id(at), self._id(at)
        state = memory_to_json(Memory(standing=Standing(language, "detected", 0.98)))
        self._rows["residents"].append({
            "id": resident, "handle": handle, "address_hash": self._keys.digest(f"{channel}:{name}"),
            "address": self._keys.seal(name, f"residents.address:{resident}"), "created_at": at,
        })  # fmt: skip
        self._rows["threads"].append({
            "id": thread, "resident_id": resident, "channel": channel, "line": "demo", "holder": "bot", "language": language,
            "state": self._keys.seal(state, f"threads.state:{thread}"), "version": 1, "last_in_at": at, "created_at": at,
        })  # fmt: skip
        return thread

    def text(
        self, thread: int, at: int, words: str, author: str = "resident", *, officer: int | None = None,
        answers: int | None = None, took: int = 0,
    ) -> int:  # fmt: skip
        """A text of the resident, the bot or an officer; its id. `took` is how long the carrier took with ours, ms."""
        of = next(row for row in reversed(self._rows["threads"]) if row["id"] == thread)
        id_, came = self._id(at), author == "resident"
        self._rows["messages"].append({
            "id": id_, "thread_id": thread, "channel": of["channel"], "direction": "in" if came else "out", "author": author,
            "officer_id": officer, "text": self._keys.seal(words, f"messages.text:{id_}"), "language": of["language"],
            "state": "received" if came else "delivered", "answers": answers, "created_at": at, "state_at": at + took,
        })  # fmt: skip
        if came:
            of["last_in_at"] = at
        return id_

    def handoff(
        self, thread: int, opened: int, *, language: str | None, officer: int | None = None, closed: int | None = None,
        outcome: str | None = None, service: str | None = None, kind: str = "officer", seen: int | None = None,
        sensitive: bool = False,
    ) -> int:  # fmt: skip
        id_ = self._id(opened)
        self._rows["handoffs"].append({
            "id": id_, "thread_id": thread, "kind": kind, "reason": "asked for an officer" if kind == "officer" else "safety",
            "language": language, "opened_at": opened, "paged_at": opened, "claimed_at": opened if officer else None,
            "officer_id": officer, "closed_at": closed, "outcome": outcome, "language_service": service, "seen_at": seen,
            "seen_by": officer if seen else None, "sensitive": sensitive, "urgent": kind == "safety",
        })  # fmt: skip
        return id_

    def paged(self, handoff: int, staff: int, at: int, answer: str | None) -> None:
        self._rows["pagings"].append({
            "id": self._id(at), "handoff_id": handoff, "staff_id": staff, "why": "waits", "at": at, "over_at": at + 1,
            "answer": answer,
        })  # fmt: skip

    def event(self, thread: int, at: int, verb: str, note: str = "") -> None:
        subject = f"thread:{thread}"
        row = {"id": self._id(at), "at": at, "actor": "line", "verb": verb, "subject": subject, "note": note}
        self._rows["events"].append(row)

    def report(self, thread: int, at: int, kind: str, number: str, *, complete: bool = True, late: int | None = None) -> int:
        of = next(row for row in reversed(self._rows["threads"]) if row["id"] == thread)
        id_ = self._id(at)
        self._rows["reports"].append({
            "id": id_, "number": number, "resident_id": of["resident_id"], "thread_id": thread, "kind": kind,
            "state": "received", "complete": complete, "answers": self._keys.seal("[]", f"reports.answers:{id_}"),
            "language": of["language"], "filed_at": at, "late_at": late, "contact": "text",
        })  # fmt: skip
        return id_

    def decided(self, report: int, at: int, state: str) -> None:
        id_ = self._id(at)
        of = next(row for row in reversed(self._rows["reports"]) if row["id"] == report)
        of["state"] = state
        said = self._keys.seal("{}", f"report_changes.said:{id_}")
        row = {"id": id_, "report_id": report, "state": state, "phrase": "", "said": said, "telling": "told", "at": at}
        self._rows["report_changes"].append(row)

    def missed(self, at: int, need: str, language: str) -> None:
        row = {"id": self._id(at), "need": need, "near": "", "language": language, "created_at": at}
        self._rows["misses"].append(row)

    def surveyed(self, day: str, question: str, answer: str, language: str) -> None:
        row = {"id": next(self._number), "day": day, "question": question, "answer": answer, "language": language}
        self._rows["survey_answers"].append(row)

    def keep(self, conn: Connection) -> None:
        for name in _ORDER:
            if self._rows[name]:
                conn.execute(getattr(schema, name).insert(), self._rows[name])
        self._rows.clear()

    def _id(self, at: int) -> int:
        return first_id(at) + next(self._number)
