"""Plays a conversation as the line would have it, with the line's own code, in a house of its own. The same texts give the
same play: nothing is kept from one to the next, and whoever types one more text has all of them played again.

Only how many answers somebody gets is not rationed here. Knows no page and no rehearsal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.desk.duty import handoffs
from bot.desk.threads import replies
from bot.errors import NotUsable, PuenteError
from bot.flow.effects import Effect, Say
from bot.flow.facts import Facts
from bot.flow.library import Library
from bot.flow.place import Place
from bot.flow.steps.base import Way
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.line.handles import new_handle
from bot.line.town import Town
from bot.line.turning import Decision
from bot.model import Holder, Inbound, Officer, Role, Skill
from bot.store import messages, mutes, staff, threads
from bot.store.database import carry_out
from bot.store.ids import new_id
from bot.store.threads import Memory, Pace, Thread
from bot.studio.trying.houses import CHANNELS, Clock, World, hour, live, opened
from bot.text import safety, sms
from bot.text.language_choice import Standing
from bot.text.safety import LABELS

ON_DUTY = ("yes", "others", "none", "closed")
_PHONE, _LINE = "+15005550006", "+15005550100"
_NAME = "Lee"  # of the officer in the house
_STEP, _ANSWERS = 20, 60  # seconds until a resident writes, and until an officer answers
_AWAY = timedelta(hours=25)  # since somebody last wrote who left a report open, or before an officer answers too late
_MUTED = 3_600_000 * 4  # ms
_YEAR = timedelta(days=365)
_HELD_BACK = 600_000  # ms for which a danger that was named is met with no second notice
_MOST_SAID = 200
_LONGEST_SAID = 1600  # characters
_LONGEST_PAUSE = 366 * 1440  # minutes


@dataclass(frozen=True, slots=True)
class Preset:
    """How things stand before the first text."""

    language: str = ""  # tag of the one that was chosen; empty: told from the text
    channel: str = "sms"
    officers: str = "yes"  # yes: one speaks every language; others: they speak English; none: nobody is here; closed
    opted_out: bool = False
    muted: bool = False
    window_shut: bool = False  # an officer answers only when WhatsApp takes no answer any more
    open_report: str = ""  # the flow of a report they began yesterday and left
    urgent_words: bool = True  # no: they were told a moment ago whom to call, so that such words are read as any others


@dataclass(frozen=True, slots=True)
class Reply:
    """An officer takes the conversation, answers, and gives it back unless they stay."""

    words: str
    stays: bool = False

    def __str__(self) -> str:
        return f"an officer: {self.words}"


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody writes for so long."""

    minutes: int

    def __str__(self) -> str:
        return f"{self.minutes} minutes later"


Said = str | Reply | Pause  # a resident's text, or one of these


@dataclass(frozen=True, slots=True)
class Sent:
    """One text as it would go out."""

    text: str

    @property
    def encoding(self) -> str:
        return sms.encoding(self.text)

    @property
    def segments(self) -> int:
        return sms.segments(self.text)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one text led to. `path`: flow and step of every step entered; `at`: where the resident stands after it; `strings`:
    contexts of all that was put into words. `silence`: why nothing was said, in words."""

    said: Said
    sent: tuple[Sent, ...] = ()
    silence: str = ""
    language: str | None = None
    path: tuple[tuple[str, str], ...] = ()
    at: tuple[str, str] = ("", "")
    strings: tuple[str, ...] = ()
    done: tuple[Effect, ...] = ()  # what an officer finds: calls, reports, and what else is kept
    dangers: tuple[str, ...] = ()  # labels on the safety card that officers see at once
    holder: Holder = Holder.BOT
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """A conversation from its beginning."""

    exchanges: tuple[Exchange, ...]

    @property
    def path(self) -> tuple[tuple[str, str], ...]:
        return tuple(step for one in self.exchanges for step in one.path)


def play(hotline: Hotline, library: Library, preset: Preset, said: Sequence[Said], world: World | None = None) -> Play:
    """What the line would say to each of these if it spoke from `library`. `world`: the department as it is now if none is
    given. Raises NotUsable where the preset names what there is not."""
    _check(library, preset, said)
    world = world or live(hotline)
    at = hour(world, open=preset.officers != "closed")
    with opened(hotline, library, world, at) as (line, clock):
        table = _Table(line, clock, preset, _officer(line, preset))
        if _wrote_before(preset):
            _begin(table)
        return Play(tuple(_exchange(table, number, one) for number, one in enumerate(said)))


@dataclass(frozen=True, slots=True)
class _Table:
    """What a play is played with."""

    line: Hotline
    clock: Clock
    preset: Preset
    officer: Officer

    @property
    def channel(self) -> str:
        return CHANNELS[self.preset.channel]

    @property
    def digest(self) -> str:
        return self.line.keys.digest(f"{self.channel}:{_PHONE}")

    def thread(self) -> Thread | None:
        return threads.look(self.line.db, self.line.keys, self.channel, "", self.digest).thread


def _check(library: Library, preset: Preset, said: Sequence[Said]) -> None:
    if preset.channel not in CHANNELS or preset.officers not in ON_DUTY:
        raise NotUsable("Choose a channel and who is on duty from the lists.")
    if preset.language not in ("", "en", *library.catalogues):
        raise NotUsable("There are no texts in the language {tag}.", tag=preset.language)
    script = library.script(preset.open_report) if preset.open_report else None
    if preset.open_report and (script is None or not script.report):
        raise NotUsable("There is no flow {flow} that takes a report.", flow=preset.open_report)
    if len(said) > _MOST_SAID or any(len(str(one)) > _LONGEST_SAID for one in said):
        raise NotUsable("This is longer than can be tried: 200 texts of 1,600 characters.")
    if any(isinstance(one, Pause) and not 0 <= one.minutes <= _LONGEST_PAUSE for one in said):
        raise NotUsable("Nobody waits longer than a year here.")


# Before the first text


def _wrote_before(preset: Preset) -> bool:
    return bool(preset.language or preset.open_report or preset.opted_out or preset.muted or not preset.urgent_words)


def _officer(line: Hotline, preset: Preset) -> Officer:
    """Who answers in this house."""
    today = line.today()
    tags = ("en",) if preset.officers == "others" else ("en", *line.library.catalogues)
    tested = Skill("", 4, test="tried", tested_on=f"{today}", expires_on=f"{today + _YEAR}")
    skills = tuple(replace(tested, tag=tag) for tag in dict.fromkeys(tags))
    one = Officer(new_id(), "officer", _NAME, Role.SUPERVISOR, on_shift=preset.officers != "none", skills=skills)
    with line.db.write() as conn:
        staff.add(conn, one, "", line.instant())
        found = staff.find(conn, one.id, today)
    assert found
    return found


def _begin(table: _Table) -> None:
    """The thread of somebody who wrote before."""
    line, preset = table.line, table.preset
    resident, thread = new_id(), new_id()
    standing = Standing(preset.language, "chosen", 1.0) if preset.language else Standing()
    place = _left_open(table, resident, standing) if preset.open_report else Place()
    memory = Memory(place=place, standing=standing)
    at = line.instant()
    last = at - int(_AWAY.total_seconds() * 1000) if preset.open_report else at
    who = {"id": resident, "handle": new_handle(line.chance), "address_hash": table.digest, "created_at": last}
    address = line.keys.seal(_PHONE, f"residents.address:{resident}")
    state = line.keys.seal(threads.memory_to_json(memory), f"threads.state:{thread}")
    values = {
        "id": thread, "resident_id": resident, "channel": table.channel, "line": _LINE, "holder": Holder.BOT.value,
        "language": standing.tag, "state": state, "stopped": preset.opted_out, "urgent": False, "safe_contact": False,
        "last_in_at": last, "draft_until": None, **threads.standing_at(place),
    }  # fmt: skip
    with line.db.write() as conn:
        carry_out(conn, (threads.INSERT_RESIDENT, {**who, "address": address}))
        carry_out(conn, (threads.INSERT_THREAD, values))
        if preset.muted:
            mutes.add(conn, line.keys, thread, "tried", table.officer.id, at, at + _MUTED)


def _left_open(table: _Table, resident: int, standing: Standing) -> Place:
    """At the first question of a report that was begun and not told."""
    town: Facts = Town(table.line, table.channel, resident)
    walk = Walk(table.line.library, table.line.library.voice(standing.tag or "en"), town, Place())
    walk.leave_to(Way(go=table.preset.open_report))
    walk.place.frames[0].answers = {"begun": "yes"}  # a report of which nothing is known is none to come back to
    return walk.place


# One text after the other


def _exchange(table: _Table, number: int, said: Said) -> Exchange:
    if isinstance(said, Pause):
        table.clock.pass_by(minutes=said.minutes)
        return Exchange(said)
    after = new_id()  # of what was kept before
    exchange = _hear(table, number, said) if isinstance(said, str) else _answer(table, said)
    thread = table.thread()
    if thread is None:
        return exchange
    top = thread.memory.place.frames[-1] if thread.memory.place.frames else None
    with table.line.db.read() as conn:
        new = messages.of_thread(conn, table.line.keys, thread.id, after)
    sent = tuple(Sent(one.text) for one in new if one.direction == "out")
    at = (top.flow, top.step) if top else ("", "")
    if isinstance(said, Reply) and not exchange.silence and not said.stays:
        exchange = replace(exchange, path=(at,))  # where the line goes on
    return replace(exchange, sent=sent, at=at, language=thread.language, holder=thread.holder, urgent=thread.urgent)


def _hear(table: _Table, number: int, text: str) -> Exchange:
    table.clock.pass_by(seconds=_STEP)
    before = table.thread()
    if before:
        _rest(table, before, text)
    decisions: list[Decision] = []
    inbound = Inbound(table.channel, f"tried-{number}", _PHONE, _LINE, text)
    receive(table.line, inbound, watch=decisions.append)
    decision = decisions[-1]
    done = tuple(effect for effect in decision.effects if not isinstance(effect, Say))
    return Exchange(
        text, silence="" if decision.text else _silence(table, before, decision), path=tuple(decision.path),
        strings=tuple(decision.strings), done=done, dangers=decision.safety,
    )  # fmt: skip


def _rest(table: _Table, thread: Thread, text: str) -> None:
    """As of somebody who wrote nothing for long; and if urgent words are not to be met, who has just been told of them."""
    memory, at = replace(thread.memory, pace=Pace()), table.line.instant()
    if not table.preset.urgent_words and safety.look(text, thread.language, table.line.lexicon):
        told = dict.fromkeys(LABELS, at)
        memory = replace(memory, notices={**memory.notices, **told}, pace=Pace(notices=at + _HELD_BACK))
    resting = replace(thread, memory=memory)
    table.line.db.keep(
        [threads.keep_memory(table.line.keys, resting, thread.holder, thread.officer_id, thread.language)]
    )


def _silence(table: _Table, before: Thread | None, decision: Decision) -> str:
    if decision.stopped:
        return "This resident sent STOP: nothing is written to them until they send START."
    if before and before.muted_until > table.line.instant():
        return "A supervisor muted this resident: the text is kept, and only danger is answered."
    if decision.holder == Holder.OFFICER:
        return "An officer has this conversation: the text is theirs to answer."
    if decision.holder == Holder.WAITING:
        return "This resident waits for an officer, who will read the text."
    return "The text is kept, and the line has nothing to say to it."


def _answer(table: _Table, reply: Reply) -> Exchange:
    """What an officer does, with what refuses it in words."""
    thread = table.thread()
    if thread is None:
        return Exchange(reply, silence="Nobody has written yet whom an officer could answer.")
    table.clock.pass_by(seconds=_ANSWERS)
    try:
        handoffs.claim(table.line, table.officer, thread.id)
        if table.preset.window_shut:
            table.clock.time += _AWAY
        replies.reply(table.line, table.officer, thread.id, reply.words)
        if not reply.stays:
            handoffs.close(table.line, table.officer, thread.id, "answered")
    except PuenteError as error:
        return Exchange(reply, silence=str(error))
    return Exchange(reply)
