"""Which language a resident is answered in: taken from the text, asked, or changed."""

from dataclasses import replace

from bot.flow.engine import resting
from bot.line.turning import Turning
from bot.text.fold import choice_number
from bot.text.language_choice import ANSWER, LIKELY, Choice, Standing, choose
from bot.text.language_names import endonym, named, spoken_name

_MOST_OFFERED = 5


def settle(turn: Turning) -> bool:
    """Take the language from the text. False if the resident is asked for it first."""
    text, standing = turn.inbound.text, turn.memory.standing
    if not text.strip() and standing.tag is not None:
        return True
    choice = choose(standing, text, turn.hotline.detect, turn.town.languages, turn.town.priors)
    if choice.action == "ask":
        if standing.tag is None:
            _ask(turn, choice)
            return False
        return True
    if choice.evidence:
        turn.memory.evidence_of_language = tuple(choice.evidence[:3])
    turn.answer_in(choice.standing)
    if choice.action == "switch":
        turn.say("lang_switched")
    return True


def asked_for(turn: Turning) -> bool:
    """The name of a language, alone in the text and in whatever language, changes to it at any moment."""
    ours = turn.memory.standing.tag
    names = named(turn.inbound.text, ours)
    offered = [tag for tag in turn.town.languages if tag in names]
    if offered == [ours]:  # they confirm what was recognised; what else it says ("English": a class?) the flow hears
        turn.answer_in(replace(turn.memory.standing, source="chosen"))
        return False
    if names and not offered and (not turn.memory.place.frames or resting(turn.memory.place)):
        _name_unserved(turn, sorted(names)[0])
        return True
    if len(offered) != 1:
        return False
    turn.answer_in(Standing(offered[0], "chosen", 1.0))
    if turn.memory.place.frames:
        turn.say("lang_switched")
        turn.walk(lambda walk: walk.ask_again())
    else:
        turn.begin("")
    return True


def offer(turn: Turning) -> None:
    """The department's first languages to choose from, for who sent no words yet."""
    turn.memory.among = tuple(turn.town.languages[:_MOST_OFFERED])
    turn.tell(_numbered(turn.memory.among))


def answered(turn: Turning) -> None:
    """What came after the question: a number, a language's name, or simply another text, which then says it."""
    text, memory = turn.inbound.text, turn.memory
    among, first = memory.among, memory.unanswered
    names = named(text)
    picked = [tag for tag in turn.town.languages if tag in names]
    number = choice_number(text)
    if number is not None and 1 <= number <= len(among):
        picked = [among[number - 1]]
    if len(picked) == 1:
        memory.among, memory.unanswered = (), ""
        turn.answer_in(Standing(picked[0], "chosen", 1.0))
        turn.begin(first)
    elif picked:  # "Chinese" is two
        memory.among = tuple(picked)
        turn.tell(_numbered(memory.among))
    elif names:
        _name_unserved(turn, sorted(names)[0])
    else:
        choice = choose(Standing(), text, turn.hotline.detect, turn.town.languages, turn.town.priors)
        if choice.action == "ask":  # not asked twice: the likeliest, and one line on how to change it
            likely = _fallback(turn, choice.among if choice.evidence else among)
            choice = replace(choice, standing=Standing(likely[0], "detected", 0.0))
        memory.among, memory.unanswered = (), ""
        memory.evidence_of_language = tuple(choice.evidence[:3]) or memory.evidence_of_language
        turn.answer_in(choice.standing)
        turn.begin(text)


def _fallback(turn: Turning, among: tuple[str, ...]) -> tuple[str, ...]:
    """What who still cannot be told is answered in: the likeliest of what they were asked; English if what they first wrote
    is a language that is not offered, of which those are only neighbours."""
    seen = turn.memory.evidence_of_language
    return ("en",) if seen and seen[0][0] not in turn.town.languages and seen[0][1] >= ANSWER else among


def _name_unserved(turn: Turning, tag: str) -> None:
    """Who names a language that we have few texts in, or none, hears that a person can help: in that language where we
    can say it, else in the one they named it in. The audit trail keeps it for the officer."""
    turn.decision.notes.append(("language wished", tag))
    if turn.voice_of(tag).has(turn.line("lang_none")):
        turn.answer_in(Standing(tag, "chosen", 1.0))
    elif turn.memory.standing.tag is None and (near := _named_in(turn)):
        turn.answer_in(near)
    turn.say("lang_none", {"lang": endonym(tag), "lang_en": spoken_name(tag)})
    if not turn.memory.place.frames and turn.memory.standing.tag:
        turn.memory.among = ()
        turn.begin("")


def _named_in(turn: Turning) -> Standing | None:
    """The language in which another was named: "hablo mam" is Spanish; the first that was offered if it cannot be told."""
    guesses = [(tag, sure) for tag, sure in turn.guesses() if tag in turn.town.languages]
    if guesses and guesses[0][1] >= LIKELY:
        return Standing(guesses[0][0], "detected", guesses[0][1])
    return Standing(turn.memory.among[0], "detected", 0.0) if turn.memory.among else None


def _ask(turn: Turning, choice: Choice) -> None:
    """The likeliest languages, each in its own script, and how to name another, in each of them."""
    among = tuple(choice.among) or tuple(turn.town.languages[:3])
    memory = turn.memory
    memory.among, memory.standing, memory.unanswered = among, choice.standing, turn.inbound.text[:1600]
    memory.evidence_of_language = tuple(choice.evidence[:3])
    asked = dict.fromkeys(turn.fill("lang_pick", turn.voice_of(tag)) for tag in among)
    turn.tell("\n".join([*_not_yet(turn, choice), *asked, _numbered(among)]))


def _not_yet(turn: Turning, choice: Choice) -> list[str]:
    """To who writes a language that we have few texts in: in theirs, that a person can help."""
    tag = choice.evidence[0][0] if choice.why == "not offered" else "en"
    voice = turn.voice_of(tag)
    if tag == "en" or not voice.has(turn.line("lang_none")):
        return []
    return [turn.fill("lang_none", voice, {"lang": endonym(tag), "lang_en": spoken_name(tag)})]


def _numbered(tags: tuple[str, ...]) -> str:
    return "\n".join(f"{n} {endonym(tag)}" for n, tag in enumerate(tags, 1))
