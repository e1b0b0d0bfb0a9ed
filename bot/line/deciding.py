"""What one text leads to: safety first, then the words that always work, then language, then the flow. Writes nothing."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.flow import engine
from bot.flow.effects import CallOfficer, CancelRsvp, Effect, LeaveOfficer, Say, ShowNotice, SpeakLanguage
from bot.flow.notices import notice_lines
from bot.flow.phrases import Voice, fill
from bot.flow.reading import Line
from bot.flow.steps.base import Heard
from bot.hotline import Hotline
from bot.line import meetings
from bot.line.town import Town
from bot.model import Holder, Inbound
from bot.store.threads import Memory, Thread
from bot.text import language_choice, safety
from bot.text.fold import choice_number, fold
from bot.text.language_choice import Standing
from bot.text.language_names import endonym, named, spoken_name

_log = logging.getLogger(__name__)
_TOGETHER = 120_000  # ms: texts so close are read as one when looking for danger
_NOTICE_AGAIN = 600_000  # ms
_COMES_BACK = 12 * 3_600_000  # ms of silence after which an open report is greeted


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
    safety: tuple[str, ...] = ()  # labels a notice was sent for
    page: bool = False
    for_desk: bool = False
    reply_by_rest: bool = False

    @property
    def text(self) -> str:
        return "\n\n".join(effect.text for effect in self.effects if isinstance(effect, Say))


def decide(hotline: Hotline, thread: Thread | None, inbound: Inbound) -> Decision:
    """Never raises for what a resident wrote: an unexpected error keeps the text, tells them, and calls an officer."""
    memory = thread.memory if thread else Memory()
    try:
        return _Turn(hotline, thread, inbound, memory).decide()
    except Exception as error:
        _log.error("a turn failed: %s at %s", type(error).__name__, _where(error))
        turn = _Turn(hotline, thread, inbound, memory)
        turn.say("tech_down")
        turn.decision.effects.append(CallOfficer("the line could not understand a text", urgent=False))
        turn.decision.holder = Holder.OFFICER if thread and thread.holder == Holder.OFFICER else Holder.WAITING
        turn.decision.page = turn.decision.for_desk = True
        return turn.decision


def _where(error: Exception) -> str:
    """File and line of the error, never its message: that may hold a resident's words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"


class _Turn:
    """One decision being made."""

    def __init__(self, hotline: Hotline, thread: Thread | None, inbound: Inbound, memory: Memory) -> None:
        self.hotline, self.thread, self.inbound = hotline, thread, inbound
        self.town = Town(hotline, inbound.channel, thread.resident_id if thread else None)
        self.at = int(self.town.now.timestamp() * 1000)
        self.voice = self._voice(memory.standing.tag)
        self.heard = _heard(inbound)
        self.decision = Decision(
            memory=replace(memory, recent=self._recent(memory), nine=False),
            holder=thread.holder if thread else Holder.BOT,
            language=memory.standing.tag,
            stopped=thread.stopped if thread else False,
            urgent=thread.urgent if thread else False,
            safe_contact=thread.safe_contact if thread else False,
            for_desk=thread is not None and thread.holder != Holder.BOT,
            reply_by_rest=hotline.config.twilio_reply == "rest" and inbound.channel.startswith("twilio"),
        )

    def decide(self) -> Decision:
        text = self.inbound.text
        was_nine = self.thread is not None and self.thread.memory.nine
        finding = self._look(text)
        keyword = self._keyword(text)
        if self.decision.stopped and keyword != "start":
            self._only_watch(finding)
        elif keyword in ("stop", "start", "help", "delete"):
            self._obey(keyword)
        elif finding and self._notify(finding):
            pass
        elif self.decision.holder == Holder.OFFICER:
            pass  # the text is the officer's; the bot is silent
        elif was_nine and choice_number(text) == 9:
            self._resume_after_notice()
        else:
            self._converse(text)
        return self.decision

    # Safety

    def _look(self, text: str) -> safety.Finding | None:
        recent = self.decision.memory.recent
        alone = safety.look(text, self.voice.tag) if text else None
        if alone or len(recent) < 2:
            return alone
        return safety.look("\n".join(words for _, words in recent), self.voice.tag)

    def _recent(self, memory: Memory) -> tuple[tuple[int, str], ...]:
        still = [(at, words) for at, words in memory.recent if self.at - at < _TOGETHER]
        return (*still[-2:], (self.at, self.inbound.text[:300]))

    def _only_watch(self, finding: safety.Finding | None) -> None:
        """After STOP nothing goes out; staff see that somebody in danger cannot be texted."""
        if finding and finding.label != "sensitive":
            self._flag(finding, "opted out: cannot be texted, consider a call")

    def _notify(self, finding: safety.Finding) -> bool:
        """The notice, first and whoever holds the thread. False if the text is to be answered as any other."""
        labels = [label for label in finding.labels if label != "sensitive"]
        if not labels:
            self._say_what_not_to_send(finding)
            return False
        memory = self.decision.memory
        known = all(self.at - memory.notices.get(label, -_NOTICE_AGAIN) < _NOTICE_AGAIN for label in labels)
        if known and set(finding.evidence) <= set(memory.evidence):
            return False
        self._settle_language_for_notice()
        names = notice_lines(labels, finding.marks, self.town, self.voice.tag)
        quiet = labels == ["dv"]  # no EM_NOT and no menu for violence at home
        self._say_in_languages([*names, *([] if quiet else ["em_not"])])
        memory.notices = {**memory.notices, **dict.fromkeys(labels, self.at)}
        memory.evidence = tuple(dict.fromkeys([*memory.evidence, *finding.evidence]))[-20:]
        memory.nine = not quiet
        self._flag(finding, "")
        if "dv" in labels:
            self.decision.safe_contact = True
            if self.decision.holder != Holder.OFFICER:
                self._walk(lambda walk: walk.interrupt("safe_contact"))
        return True

    def _flag(self, finding: safety.Finding, why: str) -> None:
        reason = f"safety: {', '.join(label for label in finding.labels if label != 'sensitive')}"
        self.decision.urgent = True
        self.decision.safety = finding.labels
        self.decision.notes.append(("notice", f"{reason} {why}".strip()))
        self.decision.page = self.decision.for_desk = True

    def _say_what_not_to_send(self, finding: safety.Finding) -> None:
        asked = "has_papers_question" in finding.marks
        self._settle_language_for_notice()
        self.say("sens_ask" if asked else "sens_got")

    def _settle_language_for_notice(self) -> None:
        if self.decision.memory.standing.tag is None:
            guesses = self.hotline.detect(self.inbound.text)
            if guesses and guesses[0][1] >= 0.5 and guesses[0][0] in self.town.languages:
                self._answer_in(Standing(guesses[0][0], "detected", guesses[0][1]))

    def _say_in_languages(self, names: Sequence[str]) -> None:
        """In the resident's language; where it is not known, in the department's first two."""
        voices = [self.voice] if self.decision.memory.standing.tag else [self._voice(t) for t in self.town.languages[:2]]
        for voice in voices:
            self.decision.effects.append(Say("\n".join(self._fill(name, voice) for name in names)))

    def _resume_after_notice(self) -> None:
        self.say("em_resume")
        if self.decision.memory.place.frames:
            self._walk(lambda walk: walk.ask_again() if not _resting(walk) else walk.show_menu())
        else:
            self._begin("")

    # The words that always work

    def _keyword(self, text: str) -> str | None:
        if self.inbound.opt_out:
            return self.inbound.opt_out.lower()
        expected = False
        place = self.decision.memory.place
        if place.frames and len(text) <= 60:
            walk = engine.Walk(self.hotline.library, self.voice, self.town, place)
            expected = walk.expects(self.heard)
        keyword = self.hotline.keywords.match(text, self.voice.tag, expected)
        if keyword is None and self.decision.stopped and fold(text) == "yes":
            return "start"  # Twilio opts back in on YES too
        return keyword

    def _obey(self, keyword: str) -> None:
        if self.decision.memory.standing.tag is None and keyword != "stop":
            self._settle_language_for_notice()
        answered = bool(self.inbound.opt_out)  # Twilio already said it
        match keyword:
            case "stop":
                if not answered and not self.decision.stopped:
                    self.say("stopped")
                self.decision.stopped = True
                self.decision.notes.append(("opted out", ""))
            case "start":
                was = self.decision.stopped
                self.decision.stopped = False
                if was:
                    self.decision.notes.append(("opted in", ""))
                if was or self.thread is None:
                    self.say("started")
                else:
                    self._walk(lambda walk: walk.show_menu())
            case "help":
                if not answered:
                    self.say("help")
            case "delete":
                self.say("privacy_asked")
                self.decision.effects.append(CallOfficer("asks to see or delete their data", any_language=True))
                self._wait_for_officer()

    # The conversation

    def _converse(self, text: str) -> None:
        memory = self.decision.memory
        if memory.among:
            self._language_answered(text)
            return
        standing = memory.standing
        if self.heard.empty or not text.strip():
            choice = None
        else:
            guesses = () if standing.source == "chosen" else self.hotline.detect(text)
            choice = language_choice.choose(standing, text, guesses, self.town.languages)
        if choice is not None and choice.action == "ask" and standing.tag is None:
            self._ask_language(choice, text)
            return
        if choice is not None:
            memory.evidence_of_language = tuple(choice.evidence[:3])
        if choice is not None and choice.action == "switch":
            self._answer_in(choice.standing)
            self.say("lang_switched")
        elif choice is not None and choice.action != "ask":
            self._answer_in(choice.standing)
        if self._does_not_come(text):
            return
        if memory.place.frames:
            self._go_on()
        else:
            self._begin(text)

    def _does_not_come(self, text: str) -> bool:
        """`NO K7P`: the resident cannot come to a meeting after all."""
        word, _, code = text.strip().partition(" ")
        if not code or len(text) > 20 or self.thread is None:
            return False
        words = {fold(one) for one in self.hotline.library.words(self.voice, "not_coming")}
        found = meetings.rsvp_by_code(self.hotline, self.thread.resident_id, code) if fold(word) in words else None
        if found is None:
            return False
        self.decision.effects += [CancelRsvp(code), Say(self._fill("rsvp_cancelled", self.voice, {"title": found.title}))]
        return True

    def _begin(self, text: str) -> None:
        """The first words of the line to this resident."""
        greeting = [self._line("welcome")]
        if self.voice.tag != "en" and self.decision.memory.standing.source == "detected":
            greeting.append(self._line("change_language"))
        heard = replace(self.heard, text=text)
        turn = engine.begin(self.hotline.library, self.voice, self.town, heard, greeting)
        self._apply(turn)

    def _go_on(self) -> None:
        away = self.at - self.thread.last_in_at if self.thread else 0
        place = self.decision.memory.place
        if away > _COMES_BACK and self.decision.holder == Holder.BOT and engine.report_is_open(self.hotline.library, place):
            self._walk(lambda walk: walk.greet_draft())
            return
        if fold(self.inbound.text) in self._thanks() and self.decision.holder == Holder.BOT:
            self.say("thanks")
            return
        self._walk(lambda walk: walk.hear(self.heard))

    def _thanks(self) -> frozenset[str]:
        return self.voice.table("thanks", lambda voice: frozenset(map(fold, self.hotline.library.words(voice, "thanks"))))

    def _ask_language(self, choice: language_choice.Choice, text: str) -> None:
        """The likeliest languages, each in its own script, and how to name another, in each of them."""
        memory = self.decision.memory
        among = tuple(choice.among) or tuple(self.town.languages[:3])
        memory.among, memory.standing, memory.unanswered = among, choice.standing, text[:1600]
        memory.evidence_of_language = tuple(choice.evidence[:3])
        asked = "\n".join(dict.fromkeys(self._fill("lang_pick", self._voice(tag)) for tag in among))
        self.decision.effects.append(Say("\n".join([asked, *(f"{n} {endonym(tag)}" for n, tag in enumerate(among, 1))])))

    def _language_answered(self, text: str) -> None:
        """A number, a language's name, or simply another text: then that text says the language."""
        memory = self.decision.memory
        number = choice_number(text)
        names = named(text)
        among, first = memory.among, memory.unanswered
        picked = [tag for tag in self.town.languages if tag in names]
        if number is not None and 1 <= number <= len(among):
            picked = [among[number - 1]]
        if len(picked) > 1:
            memory.among = tuple(picked)
            shown = "\n".join(f"{n} {endonym(tag)}" for n, tag in enumerate(picked, 1))
            self.decision.effects.append(Say(shown))
            return
        if picked:
            memory.among, memory.unanswered = (), ""
            self._answer_in(Standing(picked[0], "chosen", 1.0))
            self._begin(first)
            return
        if names:
            self._say_not_offered(sorted(names)[0], among[0])
            return
        choice = language_choice.choose(Standing(), text, self.hotline.detect(text), self.town.languages)
        if choice.action == "ask":
            choice = replace(choice, standing=Standing(choice.among[0] if choice.among else among[0], "asked", 0.0))
        memory.among, memory.unanswered = (), ""
        self._answer_in(choice.standing)
        self._begin(text)

    def _say_not_offered(self, tag: str, instead: str) -> None:
        voice = self._voice(instead)
        values = {"lang": endonym(tag), "lang_en": spoken_name(tag)}
        line = self._line("lang_none")
        self.decision.effects.append(Say(fill(voice.text(line), lambda name: values.get(name, ""))))

    def _answer_in(self, standing: Standing) -> None:
        if standing.tag != self.decision.memory.standing.tag:
            self.decision.notes.append(("language", f"{standing.tag} {standing.source} {standing.sure:.2f}"))
        self.decision.memory.standing = standing
        self.decision.language = standing.tag
        self.voice = self._voice(standing.tag)

    # Walking

    def _walk(self, go: Callable[[engine.Walk], None]) -> None:
        walk = engine.Walk(self.hotline.library, self.voice, self.town, self.decision.memory.place)
        if not walk.place.frames:
            walk.rest()
        go(walk)
        self._apply(walk.turn())

    def _apply(self, turn: engine.Turn) -> None:
        self.decision.memory.place = turn.place
        for effect in turn.effects:
            match effect:
                case SpeakLanguage(tag):
                    self._answer_in(Standing(tag, "chosen", 1.0))
                case CallOfficer():
                    self._wait_for_officer()
                case ShowNotice(label):
                    finding = safety.Finding(label, (label,), ())
                    self._flag(finding, "said in a flow")
                    self.decision.memory.notices = {**self.decision.memory.notices, label: self.at}
                case LeaveOfficer():
                    self.decision.holder = Holder.BOT
                    self.decision.for_desk = True
                case _:
                    pass
            self.decision.effects.append(effect)

    def _wait_for_officer(self) -> None:
        if self.decision.holder != Holder.OFFICER:
            self.decision.holder = Holder.WAITING
        self.decision.page = self.decision.for_desk = True

    # Words

    def say(self, name: str) -> None:
        self.decision.effects.append(Say(self._fill(name, self.voice)))

    def _line(self, name: str) -> Line:
        return self.hotline.library.phrase(name)

    def _fill(self, name: str, voice: Voice, extra: Mapping[str, str] | None = None) -> str:
        walk = engine.Walk(self.hotline.library, voice, self.town, self.decision.memory.place)
        return walk.fill(self._line(name), extra)

    def _voice(self, tag: str | None) -> Voice:
        return self.hotline.library.voice(tag or "en")


def _resting(walk: engine.Walk) -> bool:
    return not walk.place.frames or (walk.place.top.flow, walk.place.top.step) == engine.REST


def _heard(inbound: Inbound) -> Heard:
    voice = any(one.content_type.startswith("audio/") for one in inbound.media)
    photos = sum(not one.content_type.startswith("audio/") for one in inbound.media)
    return Heard(inbound.text, photos, voice, inbound.spot)
