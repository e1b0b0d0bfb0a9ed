"""What a form asks for each kind of step: every field a step can have, with words for an admin who has never seen YAML.

It says what is asked, not whether an answer is right: that is for the checks. A test holds it to what the steps read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.flow import answers


class Kind(StrEnum):
    """What a field takes, and so how a form shows it."""

    SAID = "said"  # a text that residents read
    TEXTS = "texts"  # one such text, or several
    TYPED = "typed"  # words that residents may type, separated by |
    NOTE = "note"  # a text that only staff and the line read
    NEXT = "next"  # a step of this flow, or `end`
    STEP = "step"  # a step of this flow
    FLOW = "flow"  # another flow
    FLOW_STEP = "flow_step"  # a step of the flow named beside it
    PART = "part"  # a flow with `part: yes`
    YES_NO = "yes_no"
    NUMBER = "number"  # whole, from 0
    ONE_OF = "one_of"  # one of the words in `options`
    SAVED = "saved"  # a name for an answer
    ANSWER = "answer"  # the name of an answer saved elsewhere
    WISH = "wish"  # the name of a wish in wishes.yml
    LIST = "list"  # entries with the fields in `fields`
    PAIRS = "pairs"  # names, each with a value


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for. `default` is what holds if nothing is written; `options` and `fields` as in Kind."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step: its first field has its name."""

    key: str
    label: str
    help: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


def _must(name: str, kind: Kind, label: str, help: str = "", options: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, label, help, required=True, options=options)


def _yes(name: str, label: str, help: str) -> Field:
    return Field(name, Kind.YES_NO, label, help, default="no")


def _number(name: str, label: str, help: str, default: str = "0") -> Field:
    return Field(name, Kind.NUMBER, label, help, default=default)


_NEXT = Field("next", Kind.NEXT, "Next step", "Where the conversation goes on, or `end`.")
_ELSEWHERE = (
    Field("go", Kind.FLOW, "Or another flow", "Goes on in this flow instead of a step of this one."),
    Field("step", Kind.FLOW_STEP, "At its step", "Where in the other flow; without one, at its beginning."),
    Field("with", Kind.PAIRS, "Giving answers", "Answers that the other flow then need not ask for."),
)
_WAY = (_NEXT, *_ELSEWHERE)
_LABEL = Field("label", Kind.SAID, "Name in the summary", "What the answer is called in the summary of a report.")
_MEETING = Field(
    "about",
    Kind.ANSWER,
    "About the meeting in",
    "The answer that chose a meeting, so that {title} and {date} can be said.",
)
_NONE = "Where it goes on when there is nothing to show."

_CHOICE = (
    _must("label", Kind.SAID, "Choice", "What stands behind the number."),
    Field(
        "words",
        Kind.TYPED,
        "Words for it",
        "What may be typed for it, with | between; $yes stands for the words of yes.",
    ),
    *_WAY,
    Field("value", Kind.NOTE, "Saved as", "What is kept if it is chosen; else the choice as it reads in English."),
    Field("wish", Kind.WISH, "Wish", "A wish whose words lead here too."),
    Field("key", Kind.NUMBER, "Number", "Another number than its place in the list, such as 0 for Back."),
    _yes("private", "Keep from other systems", "A report in which this was chosen is shown to no other system."),
)
_EXIT = (_must("says", Kind.TYPED, "If the answer holds", "Words with | between; any of them leads elsewhere."), *_WAY)
_CASE = (_must("is", Kind.NOTE, "If it is", "One value, or several with | between; empty: there is no answer."), *_WAY)

_KINDS = (
    StepKind("say", "Say something", "Tells the resident something and goes on.", (
        _must("say", Kind.TEXTS, "Text", "Short sentences, plain words. Each text of several begins a new line."),
        _MEETING,
        *_WAY,
    )),
    StepKind("ask", "Ask with choices", "Asks for one of some choices, by number or in words.", (
        _must("ask", Kind.TEXTS, "Question", "What is asked before the choices."),
        Field("after", Kind.SAID, "Below the choices", "A text below the last choice."),
        _LABEL,
        Field("save", Kind.SAVED, "Save as", "The name under which the answer is kept."),
        _yes("list", "Each choice on its own line", "Else they stand one after the other."),
        _yes("open", "Free text is welcome", "What is typed may also be a wish in the resident's own words."),
        _yes("private", "Keep from other systems", "Only staff see the answer. It needs a name here and in the summary."),
        _MEETING,
        Field("next", Kind.NEXT, "Next step of all choices", "For each choice that leads nowhere by itself."),
        *_ELSEWHERE,
        Field("choices", Kind.LIST, "Choices", "They are numbered from 1.", required=True, fields=_CHOICE),
    )),
    StepKind("collect", "Ask for something typed", "Asks for words, a place, a time, a number, pictures.", (
        _must("collect", Kind.SAID, "Question", "What is asked."),
        _LABEL,
        Field("as", Kind.ONE_OF, "It must be", "What the answer is read as.", default="text", options=tuple(answers.KINDS)),
        _must("save", Kind.SAVED, "Save as", "The name under which the answer is kept."),
        _yes("skip", "May be passed over", "S skips the question; say so in the text."),
        _number("least", "At least", "The smallest count that is taken."),
        _number("most", "At most", "The largest count that is taken."),
        Field("if", Kind.LIST, "Leads elsewhere", "Where certain words in the answer lead.", fields=_EXIT),
        *_WAY,
    )),
    StepKind("pick", "Ask for a language", "Asks for a language, each in its own script.", (
        _must("pick", Kind.SAID, "Question", "What is asked before the languages."), *_WAY,
    )),
    StepKind("go", "Go to another flow", "Goes on in another flow, which takes this one's place.", (
        Field("go", Kind.FLOW, "Flow", "The flow that goes on.", required=True), *_ELSEWHERE[1:], _NEXT,
    )),
    StepKind("do", "Walk a part", "Walks a flow that is a part, keeps its answers and comes back.", (
        _must("do", Kind.PART, "Part", "A flow that is made to be used inside others."), *_WAY,
    )),
    StepKind("branch", "Go by an answer", "Goes where an earlier answer leads, or whether officers are there.", (
        _must("branch", Kind.ANSWER, "Look at", "An answer, or officer_now, report_kind, may_text, privacy_variant."),
        Field("cases", Kind.LIST, "Cases", "The first that holds is taken.", fields=_CASE),
        _must("otherwise", Kind.NEXT, "Otherwise", "Where it goes on when no case holds."),
    )),
    StepKind("draft", "Take up a report again", "Goes on with a report that a resident walked away from.", (
        _must("draft", Kind.ONE_OF, "How", "At its open question, or from the first one.", ("go on", "start again")),
    )),
    StepKind("find", "Show places of help", "Shows places of help from the directory, three at a time.", (
        _must("find", Kind.ONE_OF, "What", "", ("resources",)),
        _must("need", Kind.ANSWER, "Need in", "The answer that says what is needed."),
        _must("near", Kind.ANSWER, "Near", "The answer that says where."),
        _must("item", Kind.SAID, "Each place", "What is said of each: {name} {what} {phone} {langs} {hours}."),
        _must("note", Kind.SAID, "Below the first three", "What is said once."),
        _must("unknown_place", Kind.SAID, "If the place is not known", "What is said before the list then."),
        _must("no_more", Kind.SAID, "If all were shown", "What is said when more are asked for."),
        *_WAY,
        _must("none", Kind.NEXT, "If there are none", _NONE),
    )),
    StepKind("list", "Show meetings", "Shows the next three meetings and takes the number of one.", (
        _must("list", Kind.ONE_OF, "What", "", ("meetings",)),
        _must("intro", Kind.SAID, "Above the list"),
        _must("item", Kind.SAID, "Each meeting", "What is said of each: {title} {weekday} {date} {time} {place}."),
        _must("outro", Kind.SAID, "Below the list"),
        _must("save", Kind.SAVED, "Save as", "The name under which the meeting is kept."),
        *_WAY,
        _must("none", Kind.NEXT, "If there are none", _NONE),
    )),
    StepKind("look_up", "Look up a report", "Tells what became of a report of this phone.", (
        _must("look_up", Kind.ONE_OF, "What", "", ("report",)),
        _must("number", Kind.ANSWER, "Its number in", "The answer that holds the report's number; it is kept there."),
        _must("status", Kind.SAID, "What is said of it", "May use {num} {topic} {date} {status}."),
        _must("list", Kind.SAID, "If there are several", "What is asked then; {list} stands for them."),
        *_WAY,
        _must("none", Kind.NEXT, "If there are none", _NONE),
        _must("again", Kind.NEXT, "If the number is not this phone's", "Where it goes on then."),
    )),
    StepKind("handoff", "Pass to an officer", "Gives the conversation to an officer and waits.", (
        _must("handoff", Kind.NOTE, "Why", "Officers read it; the resident does not."),
        Field("about", Kind.ANSWER, "What it is about in", "The answer that officers see first."),
        Field("urgent", Kind.ANSWER, "Urgent", "`yes`, or the answer that may be yes."),
        _yes("files", "Keep the report", "An open report is kept with what was answered so far."),
        _yes("any_language", "An interpreter will do", "Officers who do not speak the language are asked too."),
        Field("gender", Kind.ANSWER, "Woman or man in", "The answer that says whom the resident would rather talk to."),
        Field("sensitive", Kind.ANSWER, "Sensitive", "`yes`, or the answer that may be: officers tested for it first."),
        _yes("speaker_only", "Only who speaks the language", "The resident would rather wait than have an interpreter."),
        _must("say", Kind.SAID, "What the resident reads", "{num} is the place in the queue, {wait} how long it takes."),
        Field("closed", Kind.SAID, "Outside hours", "What the resident reads when no officer is on duty."),
        *_WAY,
    )),
    StepKind("file", "File the report", "Files the report before the flow is over.", (
        _must("file", Kind.ONE_OF, "How", "Complete, or with what was answered so far.", ("complete", "incomplete")), *_WAY,
    )),
    StepKind("erase", "Drop the report", "Drops the report: nothing is sent, nothing is kept.", (
        _must("erase", Kind.ONE_OF, "What", "", ("report",)), *_WAY,
    )),
    StepKind("amend", "Change an answer", "Lists the answers of a report and asks one of the questions again.", (
        _must("amend", Kind.SAID, "Question", "What is asked before the answers."), *_WAY,
    )),
    StepKind("add_to", "Add to a report", "Adds words to a report that is filed.", (
        _must("add_to", Kind.ONE_OF, "What", "", ("report",)),
        _must("number", Kind.ANSWER, "Its number in", "The answer that holds the report's number."),
        _must("words", Kind.ANSWER, "Words in", "The answer that is added."),
        Field("question", Kind.ANSWER, "Question in", "The answer that holds what an officer asked, if the words answer it."),
        *_WAY,
    )),
    StepKind("rsvp", "Say yes to a meeting", "Notes that the resident comes to a meeting.", (
        _must("rsvp", Kind.ANSWER, "Meeting in", "The answer that chose the meeting."),
        _must("people", Kind.ANSWER, "How many in", "The answer that says how many come along."),
        _must("need", Kind.ANSWER, "Need in", "The answer that says what they need there."),
        Field("ask_after", Kind.ANSWER, "May be asked after it", "The answer that is yes if we may text them afterwards."),
        _must("say", Kind.SAID, "What the resident reads", "{code} is what they text back if they cannot come."),
        *_WAY,
    )),
    StepKind("miss", "Note that nothing was found", "Notes a need that the directory could not meet, without who had it.", (
        _must("miss", Kind.ANSWER, "Need in", "The answer that says what was needed."),
        Field("near", Kind.ANSWER, "Near", "The answer that says where."),
        *_WAY,
    )),
    StepKind("notice", "Say a safety notice", "Says a safety notice and goes on.", (
        _must("notice", Kind.ONE_OF, "Which", "", ("fire", "medical", "emergency", "crisis", "dv")), *_WAY,
    )),
    StepKind("change_rsvp", "Change a yes to a meeting", "Notes another need at a meeting, or that they do not come.", (
        _must("change_rsvp", Kind.ANSWER, "Code in", "The answer that holds the code of the yes."),
        Field("need", Kind.ANSWER, "Need in", "The answer that says what they need; without one, they do not come."),
        *_WAY,
    )),
    StepKind("rate", "Note how a meeting was", "Notes how a meeting was, without who said it.", (
        _must("rate", Kind.ANSWER, "Meeting in", "The answer that names the meeting."),
        _must("useful", Kind.ANSWER, "Useful in", "The answer that says how useful it was."),
        Field("words", Kind.ANSWER, "Words in", "The answer that says what to talk about next time."),
        *_WAY,
    )),
    StepKind("opt_in", "Let us write", "Notes that the resident may be written to once, unasked.", (
        _must("opt_in", Kind.ONE_OF, "Of what", "", ("meetings",)),
        _must("asked", Kind.STEP, "Question", "The step whose question they said yes to."),
        *_WAY,
    )),
    StepKind("survey", "Note an answer of the survey", "Notes an answer, without who gave it.", (
        _must("survey", Kind.ANSWER, "Question", "The answer that has the name of a question of the survey."), *_WAY,
    )),
)  # fmt: skip
KINDS: Mapping[str, StepKind] = {kind.key: kind for kind in _KINDS}

# What stands above the steps of a flow; its name is not asked for, as it is the name of the file.
HEAD = (
    _must("about", Kind.NOTE, "What it is for", "Staff read it; residents do not."),
    _must("start", Kind.STEP, "First step", "Where it begins."),
    _yes("part", "Part of other flows", "It is walked inside other flows and files nothing itself."),
)
REPORT = (
    _must("topic", Kind.SAID, "Topic", "What the report is about, as residents read it."),
    _must("kind", Kind.NOTE, "Kind", "A short name for the kind of report, the same in all languages."),
    _number("keep_days", "Days kept", "After so many days the report is erased.", "365"),
)


def sentences() -> Iterator[str]:
    """Every label and help, for whoever puts the desk into other languages."""
    for kind in _KINDS:
        yield from (kind.label, kind.help)
        yield from _of_fields(kind.fields)
    yield from _of_fields((*HEAD, *REPORT))


def _of_fields(fields: tuple[Field, ...]) -> Iterator[str]:
    for one in fields:
        yield from (words for words in (one.label, one.help) if words)
        yield from _of_fields(one.fields)


SENTENCES = tuple(dict.fromkeys(sentences()))
