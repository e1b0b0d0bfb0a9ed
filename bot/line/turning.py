"""One turn while it is being decided: what came, what is known, what is to be said and kept. Touches nothing outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.flow import engine
from bot.flow.effects import CallOfficer, Effect, LeaveOfficer, Say, ShowNotice, SpeakLanguage
from bot.flow.phrases import Voice
from bot.flow.reading import Line
from bot.flow.steps.base import Heard
from bot.flow.walk import Turn, Walk
from bot.hotline import Hotline
from bot.line.town import Town
from bot.model import Holder, Inbound
from bot.store.threads import Memory, Thread
from bot.text.language_choice import Standing, weighed

_TOGETHER = 120_000  # ms: texts so close are read as one when looking for danger


@dataclass(slots=True)
class Decision:
    """What is to be kept of a turn, and who is to hear of it."""

    memory: Memory
    effects: list[Effect] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # for the audit trail: verb, note
    holder: Holder = Holder.BOT
    language: str | None = None
    stopped: bool = False
    urgent: bool = False
    safe_contact: bool = False
    safety: tuple[str, ...] = ()  # labels of danger found in the text
    page: bool = False
    for_desk: bool = False
    reply_by_rest: bool = False
    quarantined: bool = False  # the text could not be understood
    path: list[tuple[str, str]] = field(default_factory=list)  # flow and step of every step entered
    strings: list[str] = field(default_factory=list)  # contexts of what was put into words

    @property
    def text(self) -> str:
        return "\n\n".join(effect.text for effect in self.effects if isinstance(effect, Say))


class Turning:
    """The parts of a decision, for those who make it."""

    def __init__(self, hotline: Hotline, thread: Thread | None, inbound: Inbound, memory: Memory) -> None:
        self.hotline, self.thread, self.inbound = hotline, thread, inbound
        careful = thread.safe_contact if thread else False
        self.town = Town(hotline, inbound.channel, thread.resident_id if thread else None, careful)
        self.at = int(self.town.now.timestamp() * 1000)
        self.voice = self.voice_of(memory.standing.tag)
        self.heard = _heard(inbound)
        self.decision = Decision(
            memory=replace(memory, recent=self._recent(memory), nine=False),
            holder=thread.holder if thread else Holder.BOT,
            language=memory.standing.tag,
            stopped=thread.stopped if thread else False,
            urgent=thread.urgent if thread else False,
            safe_contact=thread.safe_contact if thread else False,
            for_desk=thread is not None and thread.holder != Holder.BOT,
            # What was found in a list has no webhook to answer.
            reply_by_rest=inbound.recovered
            or (hotline.config.twilio_reply == "rest" and inbound.channel.startswith("twilio")),
        )

    @property
    def memory(self) -> Memory:
        return self.decision.memory

    # Words

    def say(self, name: str, extra: Mapping[str, str] | None = None) -> None:
        """One of the line's own phrases, in the resident's language."""
        self.tell(self.fill(name, self.voice, extra))

    def tell(self, text: str) -> None:
        self.decision.effects.append(Say(text))

    def fill(self, name: str, voice: Voice, extra: Mapping[str, str] | None = None) -> str:
        walk = Walk(self.hotline.library, voice, self.town, self.memory.place)
        words = walk.fill(self.line(name), extra)
        self.decision.strings += walk.strings
        return words

    def line(self, name: str) -> Line:
        return self.hotline.library.phrase(name)

    def voice_of(self, tag: str | None) -> Voice:
        return self.hotline.library.voice(tag or "en")

    def guesses(self) -> Sequence[tuple[str, float]]:
        """The likeliest languages of this text, as likely as they are in this town."""
        return weighed(self.hotline.detect(self.inbound.text), self.town.priors)

    def answer_in(self, standing: Standing) -> None:
        """From here on in this language."""
        if (standing.tag, standing.source) != (self.memory.standing.tag, self.memory.standing.source):
            candidates = ", ".join(f"{tag} {sure:.2f}" for tag, sure in self.memory.evidence_of_language)
            decided = f"{standing.tag} {standing.source} {standing.sure:.2f}"
            self.decision.notes.append(("language", f"{decided} of {candidates}" if candidates else decided))
        self.memory.standing = standing
        self.decision.language = standing.tag
        self.voice = self.voice_of(standing.tag)

    # The flow

    def begin(self, text: str, *, menu: bool = True) -> None:
        """The first words of the line to this resident, then what they asked for; or the menu; or, for who was in danger
        a moment ago, the question what they need."""
        greeting = [self.line("welcome")]
        if self.voice.tag != "en" and self.memory.standing.source == "detected":
            greeting.append(self.line("change_language"))
        heard = replace(self.heard, text=text)
        self.apply(engine.begin(self.hotline.library, self.voice, self.town, heard, greeting, menu=menu))

    def walk(self, go: Callable[[Walk], None]) -> None:
        """Move the resident in the flows."""
        walk = Walk(self.hotline.library, self.voice, self.town, self.memory.place)
        if not walk.place.frames:
            walk.rest()
        go(walk)
        self.apply(walk.turn())

    def apply(self, turn: Turn) -> None:
        """Take over what a flow wants done, as far as it concerns the thread itself."""
        self.memory.place = turn.place
        self.decision.path += turn.path
        self.decision.strings += turn.strings
        for effect in turn.effects:
            match effect:
                case SpeakLanguage(tag):
                    self.answer_in(Standing(tag, "chosen", 1.0))
                case CallOfficer():
                    self.wait_for_officer()
                case ShowNotice(label):
                    self.flag((label,), "said in a flow")
                    self.memory.notices = {**self.memory.notices, label: self.at}
                case LeaveOfficer():
                    self.decision.holder = Holder.BOT
                    self.decision.for_desk = True
                case _:
                    pass
            self.decision.effects.append(effect)

    # Staff

    def wait_for_officer(self) -> None:
        if self.decision.holder != Holder.OFFICER:
            self.decision.holder = Holder.WAITING
        self.decision.page = self.decision.for_desk = True

    def flag(self, labels: Sequence[str], why: str = "") -> None:
        """Mark the thread urgent and show it to staff."""
        reason = f"safety: {', '.join(label for label in labels if label != 'sensitive')}"
        self.decision.urgent = True
        self.decision.safety = tuple(labels)
        self.decision.notes.append(("notice", f"{reason} {why}".strip()))
        self.decision.page = self.decision.for_desk = True

    def _recent(self, memory: Memory) -> tuple[tuple[int, str], ...]:
        still = [(at, words) for at, words in memory.recent if self.at - at < _TOGETHER]
        return (*still[-2:], (self.at, self.inbound.text[:300]))


def _heard(inbound: Inbound) -> Heard:
    voice = any(one.content_type.startswith("audio/") for one in inbound.media)
    photos = sum(not one.content_type.startswith("audio/") for one in inbound.media)
    return Heard(inbound.text, photos, voice, inbound.spot)
