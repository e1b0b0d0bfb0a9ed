"""What happened on one day, read from columns only: no text, number or name is opened. Each thing belongs to the day on which
it came to its end (an answer, a decision), so that a day that is over never changes.

Every query goes over ids of a day, which are in order of time, or over an index of the instant it asks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import first_id


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened `times` times. `at` in ms; `value` in seconds, or days for reports, 0 if it took no time."""

    what: str
    language: str
    channel: str
    at: int
    detail: str
    value: int
    times: int


_OF_DAY = "{0}.id >= :since AND {0}.id < :before"
_THREAD = "COALESCE(h.language, t.language, ''), t.channel"
# The subject of a line of the trail is only read as a thread's where it is one.
_SUBJECT = "JOIN threads t ON t.id = CASE WHEN e.subject LIKE 'thread:%' THEN CAST(substr(e.subject, 8) AS BIGINT) END"
_DECIDED = "('accepted', 'officer', 'sent', 'not_police', 'closed')"
_DAY = 86_400_000  # ms

# Each gives language, channel, instant, detail, value, times.
_QUERIES = {
    # A resident who wrote on this day, at the hour of their first text of it.
    "contact": f"""SELECT COALESCE(t.language, ''), t.channel, min(m.created_at),
            CASE WHEN t.created_at >= :begins THEN 'new' ELSE 'known' END, 0, 1
        FROM messages m JOIN threads t ON t.id = m.thread_id
        WHERE {_OF_DAY.format("m")} AND m.direction = 'in' GROUP BY t.id, t.language, t.channel, t.created_at""",
    "text": f"""SELECT COALESCE(t.language, ''), t.channel, min(m.created_at), m.author, 0, count(*)
        FROM messages m JOIN threads t ON t.id = m.thread_id WHERE {_OF_DAY.format("m")}
        GROUP BY t.language, t.channel, m.author""",
    # Until the last the carrier said of the line's answer, which is later than when the resident could read it.
    "automatic answer": f"""SELECT COALESCE(t.language, ''), t.channel, min(m.created_at), '',
            (m.state_at - m.created_at) / 1000, count(*)
        FROM messages m JOIN threads t ON t.id = m.thread_id
        WHERE {_OF_DAY.format("m")} AND m.answers IS NOT NULL AND m.state IN ('sent', 'delivered', 'read')
        GROUP BY t.language, t.channel, (m.state_at - m.created_at) / 1000""",
    "asked for an officer": f"""SELECT {_THREAD}, h.opened_at, CASE WHEN h.urgent THEN 'urgent' ELSE '' END, 0, 1
        FROM handoffs h JOIN threads t ON t.id = h.thread_id WHERE {_OF_DAY.format("h")} AND h.kind = 'officer'""",
    "asked again": f"""SELECT {_THREAD}, h.opened_at, '', 0, 1 FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE {_OF_DAY.format("h")} AND h.kind = 'officer' AND EXISTS (SELECT 1 FROM handoffs b
            WHERE b.thread_id = h.thread_id AND b.kind = 'officer' AND b.id < h.id
            AND b.closed_at >= h.opened_at - {7 * _DAY})""",
    # The first words of an officer in a hand-off; at the instant it was opened, for that is when somebody was wanted.
    "human answer": f"""SELECT {_THREAD}, h.opened_at, '', (min(m.created_at) - h.opened_at) / 1000, 1
        FROM messages m JOIN handoffs h ON h.thread_id = m.thread_id JOIN threads t ON t.id = m.thread_id
        WHERE {_OF_DAY.format("m")} AND m.author = 'officer' AND h.kind = 'officer' AND h.opened_at <= m.created_at
            AND (h.closed_at IS NULL OR h.closed_at >= m.created_at)
            AND NOT EXISTS (SELECT 1 FROM messages e WHERE e.thread_id = m.thread_id AND e.author = 'officer'
                AND e.id < :since AND e.created_at >= h.opened_at)
        GROUP BY h.id, h.language, t.language, t.channel, h.opened_at""",
    "closed": f"""SELECT {_THREAD}, h.closed_at, COALESCE(h.outcome, ''), 0, 1
        FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE h.closed_at >= :begins AND h.closed_at < :ends AND h.kind = 'officer'""",
    "left unanswered": f"""SELECT {_THREAD}, h.closed_at, '', 0, 1 FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE h.closed_at >= :begins AND h.closed_at < :ends AND h.kind = 'officer' AND h.claimed_at IS NULL
            AND h.outcome = 'the resident left'""",
    "understood by": f"""SELECT {_THREAD}, h.closed_at, h.language_service, 0, 1
        FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE h.closed_at >= :begins AND h.closed_at < :ends AND h.kind = 'officer' AND h.language_service IS NOT NULL""",
    "machine only where it is sensitive": f"""SELECT {_THREAD}, h.closed_at, '', 0, 1
        FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE h.closed_at >= :begins AND h.closed_at < :ends AND h.kind = 'officer'
            AND h.language_service = 'machine translation only' AND (h.sensitive OR EXISTS (
                SELECT 1 FROM handoffs s WHERE s.thread_id = h.thread_id AND s.kind = 'safety'
                AND s.opened_at <= h.closed_at AND COALESCE(s.closed_at, h.closed_at) >= h.opened_at))""",
    "notice": f"""SELECT COALESCE(t.language, ''), t.channel, e.at, e.note, 0, 1 FROM events e {_SUBJECT}
        WHERE {_OF_DAY.format("e")} AND e.verb = 'notice'""",
    "safety card opened": f"""SELECT {_THREAD}, h.seen_at, '', (h.seen_at - h.opened_at) / 1000, 1
        FROM events e {_SUBJECT} JOIN handoffs h ON h.thread_id = t.id
        WHERE {_OF_DAY.format("e")} AND e.verb = 'opened the safety card' AND h.kind = 'safety'
            AND h.seen_at >= :begins AND h.seen_at < :ends""",
    "draft dropped": f"""SELECT COALESCE(t.language, ''), t.channel, e.at, e.note, 0, 1 FROM events e {_SUBJECT}
        WHERE {_OF_DAY.format("e")} AND e.verb = 'draft dropped'""",
    "private number masked": f"""SELECT COALESCE(t.language, ''), t.channel, e.at, '', 0, 1 FROM events e {_SUBJECT}
        WHERE {_OF_DAY.format("e")} AND e.verb = 'private number masked'""",
    # Detail: what was decided now, and what had been before, each with its source.
    "language decided": f"""SELECT COALESCE(t.language, ''), t.channel, e.at, e.note || ' < ' || (SELECT p.note
            FROM events p WHERE p.subject = e.subject AND p.verb = 'language' AND p.id < e.id
            ORDER BY p.id DESC LIMIT 1), 0, 1
        FROM events e {_SUBJECT} WHERE {_OF_DAY.format("e")} AND e.verb = 'language'""",
    "report filed": """SELECT COALESCE(r.language, ''), t.channel, r.filed_at, r.kind, 0, 1
        FROM reports r JOIN threads t ON t.id = r.thread_id WHERE r.filed_at >= :begins AND r.filed_at < :ends""",
    "report not complete": """SELECT COALESCE(r.language, ''), t.channel, r.filed_at, r.kind, 0, 1
        FROM reports r JOIN threads t ON t.id = r.thread_id
        WHERE r.filed_at >= :begins AND r.filed_at < :ends AND NOT r.complete""",
    "no help found": f"""SELECT COALESCE(x.language, ''), '', x.created_at, x.need, 0, 1 FROM misses x
        WHERE {_OF_DAY.format("x")}""",
    "meeting": """SELECT '', '', m.starts_at, CASE WHEN m.cancelled THEN 'cancelled' ELSE 'held' END, 0, 1
        FROM meetings m WHERE m.starts_at >= :begins AND m.starts_at < :ends AND m.published""",
    "said they come": """SELECT '', '', m.starts_at, '', 0,
            COALESCE(m.people, (SELECT sum(r.people) FROM rsvps r WHERE r.meeting_id = m.id), 0)
        FROM meetings m
        WHERE m.starts_at >= :begins AND m.starts_at < :ends AND m.published AND NOT m.cancelled""",
    "interpreter for a meeting": """SELECT k.language, '', m.starts_at, k.state, 0, 1
        FROM interpreter_tasks k JOIN meetings m ON m.id = k.meeting_id
        WHERE m.starts_at >= :begins AND m.starts_at < :ends""",
    "asked an officer": f"""SELECT COALESCE(h.language, ''), '', p.at, CASE WHEN p.answer IS NOT NULL THEN p.answer
            WHEN h.officer_id = p.staff_id THEN 'took it' ELSE 'no longer needed' END, 0, 1
        FROM pagings p JOIN handoffs h ON h.id = p.handoff_id WHERE {_OF_DAY.format("p")} AND p.why = 'waits'""",
    "machine translation": f"""SELECT CASE WHEN x.direction = 'in' THEN x.source ELSE x.target END, t.channel,
            min(x.created_at), x.direction || ' ' || x.state, 0, count(*)
        FROM translations x JOIN threads t ON t.id = x.thread_id WHERE {_OF_DAY.format("x")}
        GROUP BY x.direction, x.source, x.target, t.channel, x.state""",
    "reviewed": """SELECT COALESCE(t.language, ''), t.channel, r.reviewed_at, COALESCE(r.verdict, ''), 0, 1
        FROM reviews r JOIN threads t ON t.id = r.thread_id WHERE r.reviewed_at >= :begins AND r.reviewed_at < :ends""",
    "notice nobody needed": """SELECT COALESCE(t.language, ''), t.channel, r.reviewed_at, '', 0, r.needless
        FROM reviews r JOIN threads t ON t.id = r.thread_id WHERE r.reviewed_at >= :begins AND r.reviewed_at < :ends""",
    "notice that was missing": """SELECT COALESCE(t.language, ''), t.channel, r.reviewed_at, '', 0, r.missed
        FROM reviews r JOIN threads t ON t.id = r.thread_id WHERE r.reviewed_at >= :begins AND r.reviewed_at < :ends""",
}
_FIRST_DECISION = f"""FROM report_changes c JOIN reports r ON r.id = c.report_id JOIN threads t ON t.id = r.thread_id
    WHERE c.at >= :begins AND c.at < :ends AND c.state IN {_DECIDED} AND NOT EXISTS (SELECT 1 FROM report_changes b
        WHERE b.report_id = c.report_id AND b.state IN {_DECIDED} AND (b.at < c.at OR (b.at = c.at AND b.id < c.id)))"""
_DECISIONS = {
    "report decided": "c.state",
    "report promise": "CASE WHEN r.late_at IS NULL THEN 'kept' ELSE 'late' END",
    "report decided, by kind": "r.kind",
}
_QUERIES |= {
    what: f"""SELECT COALESCE(r.language, ''), t.channel, c.at, {detail}, (c.at - r.filed_at) / {_DAY}, 1
        {_FIRST_DECISION}"""
    for what, detail in _DECISIONS.items()
}


def between(conn: Connection, begins: int, ends: int) -> Iterator[Happening]:
    """All that happened from one instant until before another, ms."""
    values = {"since": first_id(begins), "before": first_id(ends), "begins": begins, "ends": ends}
    for what, sql in _QUERIES.items():
        wanted = {name: value for name, value in values.items() if f":{name}" in sql}
        for language, channel, at, detail, value, times in conn.execute(text(sql), wanted):
            if times:
                yield Happening(what, language, channel, at, detail or "", max(0, value), int(times))


def first(conn: Connection) -> int | None:
    """When the first text came, ms; None if none did."""
    found = conn.execute(text("SELECT min(id) FROM messages")).scalar()
    return None if found is None else int(found) >> 21
