"""Danger in a text: the notice, first and whoever holds the thread; and what a resident should not send."""

from collections.abc import Sequence

from bot.flow.engine import resting
from bot.flow.notices import notice_lines
from bot.line.turning import Turning
from bot.model import Holder
from bot.text import safety
from bot.text.language_choice import Standing
from bot.text.safety import Finding

_NOTICE_AGAIN = 600_000  # ms
_SURE_ENOUGH = 0.5  # for a notice: a wrong language is better than none


def look(turn: Turning) -> Finding | None:
    """Danger in this text, or in the texts of the last two minutes read as one."""
    text, recent = turn.inbound.text, turn.memory.recent
    alone = safety.look(text, turn.voice.tag) if text else None
    if alone or len(recent) < 2:
        return alone
    return safety.look("\n".join(words for _, words in recent), turn.voice.tag)


def only_watch(turn: Turning, finding: Finding | None) -> None:
    """After STOP nothing goes out; staff see that somebody in danger cannot be texted."""
    if finding and _dangers(finding):
        turn.flag(finding.labels, "opted out: cannot be texted, consider a call")


def notify(turn: Turning, finding: Finding) -> bool:
    """Say the notice. False if the text is to be answered as any other."""
    labels = _dangers(finding)
    if not labels:
        settle_language(turn)
        turn.say("sens_ask" if "has_papers_question" in finding.marks else "sens_got")
        return False
    memory = turn.memory
    just_said = all(turn.at - memory.notices.get(label, -_NOTICE_AGAIN) < _NOTICE_AGAIN for label in labels)
    if just_said and set(finding.evidence) <= set(memory.evidence):
        return False
    settle_language(turn)
    names = notice_lines(labels, finding.marks, turn.town, turn.voice.tag)
    at_home = labels == ["dv"]  # whoever else holds the phone reads no "reply 9", and no menu
    _say_in_languages(turn, [*names, *([] if at_home else ["em_not"])])
    memory.notices = {**memory.notices, **dict.fromkeys(labels, turn.at)}
    memory.evidence = tuple(dict.fromkeys([*memory.evidence, *finding.evidence]))[-20:]
    memory.nine = not at_home
    turn.flag(finding.labels)
    if "dv" in labels:
        turn.decision.safe_contact = True
        if turn.decision.holder != Holder.OFFICER:
            turn.walk(lambda walk: walk.interrupt("safe_contact"))
    return True


def resume(turn: Turning) -> None:
    """`9`: no emergency; back to the very question."""
    turn.say("em_resume")
    if turn.memory.place.frames:
        turn.walk(lambda walk: walk.show_menu() if resting(walk.place) else walk.ask_again())
    else:
        turn.begin("")


def settle_language(turn: Turning) -> None:
    """The likeliest language, for words that cannot wait until it is certain."""
    if turn.memory.standing.tag is None:
        guesses = turn.hotline.detect(turn.inbound.text)
        if guesses and guesses[0][1] >= _SURE_ENOUGH and guesses[0][0] in turn.town.languages:
            turn.answer_in(Standing(guesses[0][0], "detected", guesses[0][1]))


def _dangers(finding: Finding) -> list[str]:
    return [label for label in finding.labels if label != "sensitive"]


def _say_in_languages(turn: Turning, names: Sequence[str]) -> None:
    """In the resident's language; where it is not known, in the department's first two."""
    tags = [turn.voice.tag] if turn.memory.standing.tag else turn.town.languages[:2]
    for tag in tags:
        voice = turn.voice_of(tag)
        turn.tell("\n".join(turn.fill(name, voice) for name in names))
