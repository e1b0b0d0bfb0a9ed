"""Danger in a text: the notice, first and whoever holds the thread; and what a resident should not send."""

from dataclasses import replace

from bot.flow.engine import resting
from bot.flow.notices import notice_lines
from bot.line.ration import Ration
from bot.line.turning import Turning
from bot.model import Holder
from bot.text import safety
from bot.text.language_choice import SWITCH, Standing
from bot.text.language_names import endonym, spoken_name
from bot.text.safety import Finding

_NOTICE_AGAIN = 600_000  # ms
_NOTICES = Ration(4, 150_000)  # of a danger that was named already, in ever new words
_WARN_AGAIN = 86_400_000  # ms
_BESIDE_NUMBER = 20  # letters: "my social is", "mi seguro es"
_SURE_ENOUGH = 0.5  # for a notice: a wrong language is better than none


def look(turn: Turning) -> Finding | None:
    """Danger in this text, or in the texts of the last two minutes read as one."""
    text, recent = turn.inbound.text, turn.memory.recent
    lexicon = turn.hotline.lexicon
    alone = safety.look(text, turn.voice.tag, lexicon) if text else None
    if alone or len(recent) < 2:
        return alone
    together = safety.look("\n".join(words for _, words in recent), turn.voice.tag, lexicon, phrases_only=True)
    return together if together and together.label != "sensitive" else None


def only_watch(turn: Turning, finding: Finding | None) -> None:
    """After STOP nothing goes out; staff see that somebody in danger cannot be texted."""
    if finding and _dangers(finding):
        turn.flag(finding.labels, "opted out: cannot be texted, consider a call")


def notify(turn: Turning, finding: Finding) -> bool:
    """Say the notice. False if the text is to be answered as any other."""
    labels = _dangers(finding)
    if not labels:
        if "number" in finding.evidence:
            turn.decision.notes.append(("private number masked", ""))
        _warn(turn, "sens_ask" if "has_papers_question" in finding.marks else "sens_got")
        return False
    memory = turn.memory
    just_said = all(turn.at - memory.notices.get(label, -_NOTICE_AGAIN) < _NOTICE_AGAIN for label in labels)
    left = _NOTICES.after(memory.pace.notices, turn.at)
    if just_said and (left is None or set(finding.evidence) <= set(memory.evidence)):
        return False
    memory.pace = replace(memory.pace, notices=left or memory.pace.notices)
    settle_language(turn)
    at_home = labels == ["dv"]  # whoever else holds the phone reads no "reply 9", and no menu
    for tag in (spoken := _spoken(turn)):
        names = notice_lines(labels, finding.marks, turn.town, tag)
        turn.tell(_in_words(turn, tag, [*names, *([] if at_home else ["em_not"])]))
    memory.notices = {**memory.notices, **dict.fromkeys(labels, turn.at)}
    memory.evidence = tuple(dict.fromkeys([*memory.evidence, *finding.evidence]))[-20:]
    memory.nine = not at_home
    memory.recent = ()  # what was met with a notice is not read again with what comes next
    if not memory.place.frames:
        memory.unanswered = memory.unanswered or turn.inbound.text[:1600]
    if memory.standing.tag:
        memory.among = ()  # nobody is asked for a language that is known by now
    turn.flag(finding.labels)
    turn.decision.safe_contact = turn.decision.safe_contact or "dv" in labels
    if at_home and turn.decision.holder != Holder.OFFICER:
        turn.voice = turn.voice_of(spoken[-1])
        turn.walk(lambda walk: walk.interrupt("safe_contact"))
    return True


def _warn(turn: Turning, name: str) -> None:
    """What a resident should not send, or need not fear: kindly, and once a day, for it is no reproach."""
    if turn.at - turn.memory.notices.get(name, -_WARN_AGAIN) >= _WARN_AGAIN:
        settle_language(turn)
        turn.say(name)
        turn.memory.notices = {**turn.memory.notices, name: turn.at}


def is_number(turn: Turning, finding: Finding | None) -> bool:
    """Whether a text is a private number and little else: never an answer to anything."""
    if finding is None or finding.label != "sensitive" or "number" not in finding.evidence:
        return False
    return sum(map(str.isalpha, turn.inbound.text)) <= _BESIDE_NUMBER


def resume(turn: Turning) -> None:
    """`9`: no emergency; back to the very question."""
    if turn.decision.holder != Holder.BOT:
        turn.say("kept")  # the open question is an officer's
    elif turn.memory.place.frames:
        turn.say("em_resume")
        turn.walk(lambda walk: walk.show_menu() if resting(walk.place) else walk.ask_again())
    else:  # their first text meant something else, then
        first, turn.memory.unanswered = turn.memory.unanswered, ""
        turn.begin(first)


def settle_language(turn: Turning) -> None:
    """The likeliest language, for words that cannot wait until it is certain."""
    if turn.memory.standing.tag is None:
        guesses = turn.guesses()
        turn.memory.evidence_of_language = tuple(guesses[:3])
        if guesses and guesses[0][1] >= _SURE_ENOUGH and _has_notices(turn, guesses[0][0]):
            turn.answer_in(Standing(guesses[0][0], "detected", guesses[0][1]))


def _has_notices(turn: Turning, tag: str) -> bool:
    """Whether the safety texts are there in a language, though the department may offer no more in it."""
    return turn.voice_of(tag).has(turn.line("em_not"))


def _in_words(turn: Turning, tag: str, names: list[str]) -> str:
    """A notice in a language; in English with the interpreter's line where the department wants it so until a
    qualified translator has read that language."""
    if tag not in turn.hotline.config.department_interpreter_notices:
        return "\n".join(turn.fill(name, turn.voice_of(tag)) for name in names)
    values = {"lang": endonym(tag), "lang_en": spoken_name(tag)}
    said = [turn.fill(name, turn.voice_of("en"), values) for name in [*names, "em_interpreter"]]
    return "\n".join(said)


def _dangers(finding: Finding) -> list[str]:
    return [label for label in finding.labels if label != "sensitive"]


def _spoken(turn: Turning) -> list[str]:
    """The languages a notice is said in: the resident's; that of this very text, if it is firmly another; the
    department's first two where neither is known."""
    ours = turn.memory.standing.tag
    guesses = turn.guesses()
    firm = guesses[0][0] if guesses and guesses[0][1] >= SWITCH and _has_notices(turn, guesses[0][0]) else None
    if ours is None:
        return [firm] if firm else list(turn.town.languages[:2])
    if firm is None or firm == ours:
        return [ours]
    return [ours, firm] if turn.memory.standing.source == "chosen" else [firm]
