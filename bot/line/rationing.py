"""How many answers of the line one resident gets. A flood is kept but not answered one by one, two robots do not talk for
ever, and above the hourly limit of all answers texts are only kept. Words of danger never come here.

Whoever answers questions as a person does, however fast, is never held up: short answers, each to another question.
"""

import zlib
from dataclasses import replace

from bot.flow.effects import CallOfficer, Say
from bot.flow.place import Place
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.ration import Ration
from bot.line.turning import Turning
from bot.model import Holder
from bot.store import marks, messages
from bot.store.threads import Pace
from bot.text.fold import fold

_QUIET = 600_000  # ms
_ROUND = 60_000  # ms for which a round of the scheduler finds the hourly limit reached
_HOUR = 3_600_000  # ms
_SHORT = 25  # characters: people answer questions in few words, robots in sentences
_SAME = 3  # times the same long text
_MOST_LONG = 10  # long texts in a row
_FAST = Ration(5, 1_000)  # nobody reads five answers in a second
_MANY = Ration(40, 15_000)
_IDLE = Ration(5, 120_000)  # answers that lead nowhere: not understood, asked again, thanked


def is_quiet(turn: Turning) -> bool:
    """Whether the line keeps this text without an answer of its own. Takes one from the resident's ration."""
    pace, at = turn.memory.pace, turn.at
    if at < pace.quiet_until <= at + _QUIET:
        if pace.robot:  # as long as it goes on
            turn.memory.pace = replace(pace, quiet_until=at + _QUIET)
        return True
    pace = _counted(turn, replace(pace, quiet_until=0, robot=False))
    # Pictures are taken one by one and sent all at once.
    fast, many = at if turn.inbound.media else _FAST.after(pace.fast, at), _MANY.after(pace.many, at)
    robot = pace.same >= _SAME or pace.long >= _MOST_LONG
    if robot or fast is None or many is None:
        turn.memory.pace = replace(pace, quiet_until=at + _QUIET, robot=robot)
        return True
    turn.memory.pace = replace(pace, fast=fast, many=many)
    return False


def keep_quiet(turn: Turning, *, limited: bool) -> None:
    """The text is kept, what was to be done is done, and nothing is said but once, that a person reads it all. To a robot
    not even that: an answer would only be answered."""
    hush(turn)
    if limited:
        _call(turn, "limited", "the line's hourly limit of answers was reached")
    elif turn.memory.pace.robot:
        _call(turn, "robot", "seems to be a robot")
    elif _call(turn, "got_all", "many texts at once"):
        turn.say("got_all")


def hold_back_idle(turn: Turning, before: Place) -> None:
    """An answer that leads nowhere is said only so often; then a person is called once, and the rest is silence until an
    answer leads somewhere."""
    if not turn.decision.text or turn.decision.holder == Holder.OFFICER or turn.inbound.media:
        return
    if _moved(before, turn.memory.place):
        return
    left = _IDLE.after(turn.memory.pace.idle, turn.at)
    if left is not None:
        turn.memory.pace = replace(turn.memory.pace, idle=left)
        return
    hush(turn)
    if _call(turn, "got_all", "texts the line could not understand"):
        turn.say("got_all")


def hush(turn: Turning) -> None:
    """Nothing that was going to be said is said; what was going to be done is."""
    turn.decision.effects = [effect for effect in turn.decision.effects if not isinstance(effect, Say)]


def limit_answers(hotline: Hotline) -> bool:
    """A round of the scheduler: whether the line has given as many answers in an hour as it may. While it has, it keeps
    texts and calls officers, and answers only danger."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        reached = messages.answers_since(conn, at - _HOUR) >= hotline.config.most_answers_an_hour
    if reached:
        with hotline.db.write() as conn:
            marks.put(conn, marks.LIMIT, at + _ROUND)
    return reached


def _call(turn: Turning, name: str, why: str) -> bool:
    """Call an officer, if that was not just done. Somebody who opted out is not to be texted, so nobody is called."""
    if turn.decision.stopped or turn.at - turn.memory.notices.get(name, -_QUIET) < _QUIET:
        return False
    turn.memory.notices = {**turn.memory.notices, name: turn.at}
    if not any(isinstance(effect, CallOfficer) for effect in turn.decision.effects):  # for a reason that says more
        turn.decision.effects.append(CallOfficer(why, any_language=True))
        turn.wait_for_officer()
    return True


def _counted(turn: Turning, pace: Pace) -> Pace:
    """With this text in the counts of what robots do: the same words again, whatever the numbers in them, or one long
    text after another. Both within ten minutes of each other."""
    words = "".join(sign for sign in fold(turn.inbound.text) if not sign.isdigit())
    if len(words) <= _SHORT or _is_answer(turn):
        return replace(pace, same=0, long=0, words=0, long_at=turn.at)
    mark = zlib.crc32(words.encode())
    long = pace.long if turn.at - pace.long_at < _QUIET else 0
    same = pace.same if mark == pace.words and long else 0
    return replace(pace, same=same + 1, long=long + 1, words=mark, long_at=turn.at)


def _is_answer(turn: Turning) -> bool:
    return Walk(turn.hotline.library, turn.voice, turn.town, turn.memory.place).expects(turn.heard)


def _moved(before: Place, after: Place) -> bool:
    """Whether an answer was taken or another question asked."""
    told = sum(len(frame.answers or ()) for frame in before.frames), before.snapshot()
    return told != (sum(len(frame.answers or ()) for frame in after.frames), after.snapshot())
