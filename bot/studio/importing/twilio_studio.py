"""Flows of Twilio Studio (its flow definition, as the REST API and the console export it) as ours. Nothing in them is ever
evaluated. Studio knows no languages: what it says is taken for English.

The format: https://www.twilio.com/docs/studio/rest-api/v2/flow-definition
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import NotBrought
from bot.studio.importing import exports
from bot.studio.importing.exports import Json, each, inner, word
from bot.studio.importing.finishing import finish
from bot.studio.importing.sketch import NO_CHOICE, OVER, Brought, Option, Said, Sketch, Stop, name_of, plain, spoken

_MOST_STATES = 1_000  # as Studio itself has it
_OURS = ("end", "line", "notices", "phrases", "wishes", "words")  # no flow can be called so
_LIQUID = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
_REPLY = re.compile(r"\{\{-?\s*widgets\.([\w-]+)\.inbound\.Body(?:\s*\|\s*\w+)*\s*-?\}\}")
_VARIABLE = re.compile(r"\{\{-?\s*flow\.(?:variables|data)\.(\w+)(?:\s*\|\s*\w+)*\s*-?\}\}")
_PROMPTED = re.compile(
    r"(?im)(?:^|(?<=[,;.?!:] ))(?:or )?(?:(?:reply|press|text|send|type) )?"
    r"(\d{1,2}) ?(?:[).:=-]|for\b|to\b) ?([^,;.\n]+)[,;.]? ?"
)
_PEOPLE = ("connect-call-to", "send-to-flex", "send-to-conversations", "enqueue-call", "connect-virtual-agent")
_EQUAL = ("equal_to", "matches_any_of")
_GOES_ON = ("sent", "next", "success", "completed", "audioComplete", "connectedCallEnded", "callCompleted")
_NO_LONGER = "We have no such step. Do it by hand, or leave it."


def bring(text: str, title: str = "Studio flow") -> Brought:
    """One flow; `title` is what it is called where it comes from. Raises NotBrought with a sentence for who brought it."""
    top = exports.read(text)
    definition = inner(top, "definition") or top  # as the REST API wraps it
    if not isinstance(definition.get("states"), list) or not word(definition, "initial_state"):
        raise NotBrought("This is no flow of Twilio Studio: it has no states, or no first one.")
    states = {word(state, "name"): state for state in each(definition, "states") if word(state, "name")}
    if len(states) > _MOST_STATES:
        raise NotBrought("This flow has more than 1,000 widgets. Split it first.")
    title = plain(word(top, "friendly_name") or title)[:200] or "Studio flow"
    return _Drawing(states, Sketch(name_of(title, _OURS, "flow"), title)).draw(word(definition, "initial_state"))


@dataclass
class _Drawing:
    """A flow while it is drawn. Stops are keyed by the names of widgets."""

    states: Mapping[str, Json]
    sketch: Sketch
    answers: dict[str, str] = field(default_factory=dict)  # widgets that ask, and what their answers are called
    variables: dict[str, str] = field(default_factory=dict)  # variables that only repeat an answer
    joined: set[str] = field(default_factory=set)  # splits that became part of their question

    def draw(self, first: str) -> Brought:
        for name, state in self.states.items():
            if word(state, "type") == "send-and-wait-for-reply":
                self.answers[name] = name_of(name, self.answers.values(), "answer")
        self._repeated()
        self.sketch.start = self._begin(first)
        asked = {name: self._stop(name, self.states[name]) for name in self.answers}  # first, for they take splits in
        for name, state in self.states.items():
            self.sketch.stops[name] = asked.get(name) or self._stop(name, state)
        for name in self.joined & set(self.sketch.stops):
            self.sketch.stops[name].place = ""  # nothing of it is lost if nobody comes to it
        return finish(self.sketch)

    def _repeated(self) -> None:
        """Variables that are set to what a resident answered, as Studio needs and we do not."""
        for name, state in self.states.items():
            if word(state, "type") != "set-variables":
                continue
            for variable in each(inner(state, "properties"), "variables"):
                key, reply = word(variable, "key"), _REPLY.fullmatch(word(variable, "value").strip())
                if reply and reply[1] in self.answers and self.variables.get(key, reply[1]) == reply[1]:
                    self.variables[key] = reply[1]
                else:
                    what = f"Sets {plain(key)[:40]}"
                    self.sketch.leave_out(name, what, "A flow of ours keeps only what a resident answers.")

    def _begin(self, first: str) -> str:
        """Where a text leads; calls and requests begin nothing here."""
        state = self.states.get(first, {})
        if word(state, "type") != "trigger":
            return first
        ways = dict(_ways(state))
        for event in ("incomingCall", "incomingRequest", "incomingParent"):
            if ways.get(event):
                self.sketch.leave_out(first, f"What begins with {event}", "Our flows begin with a text only.")
        return ways.get("incomingMessage") or ways.get("incomingConversationMessage") or OVER

    def spoken(self, text: str, place: str) -> str:
        def stands_for(found: re.Match[str]) -> str:
            if answer := self._answer(found[0]):
                return f"{{{answer}}}"
            what = f"The value {found[0]}"
            self.sketch.leave_out(place, what, "The line does not know it; the text goes without.")
            return ""

        return spoken(text, _LIQUID, stands_for)

    def _answer(self, expression: str) -> str:
        """The name of the answer that an expression stands for; empty if it is none."""
        if reply := _REPLY.fullmatch(expression.strip()):
            return self.answers.get(reply[1], "")
        if variable := _VARIABLE.fullmatch(expression.strip()):
            return self.answers.get(self.variables.get(variable[1], ""), "")
        return ""

    # Widgets

    def _stop(self, name: str, state: Json) -> Stop:
        kind, ways, properties = word(state, "type"), dict(_ways(state)), inner(state, "properties")
        place = plain(name)[:60]
        onward = next((ways[event] for event in _GOES_ON if event in ways), OVER)
        match kind:
            case "trigger" | "set-variables":
                return Stop("pass", place, next=onward)
            case "send-message":
                self._leave_ways(place, ways, "failed")
                if word(properties, "media_url"):
                    self.sketch.leave_out(place, "A picture or file sent with it", "The line sends words only.")
                return Stop("say", place, [Said(self.spoken(word(properties, "body"), place))], next=onward)
            case "send-and-wait-for-reply":
                self._leave_ways(place, ways, "timeout", "deliveryFailure")
                return self._question(name, place, word(properties, "body"), ways.get("incomingMessage", OVER))
            case "split-based-on":
                return self._fork(name, state)
            case _ if kind in _PEOPLE:
                return Stop("handoff", place, next=onward)
            case _:
                self.sketch.leave_out(place, f"The widget {plain(kind)[:40]}", _NO_LONGER)
                return Stop("pass", place, next=onward)

    def _leave_ways(self, place: str, ways: Mapping[str, str], *events: str) -> None:
        for event in events:
            if ways.get(event):
                why = "The line sees to what cannot be sent, and waits for an answer."
                self.sketch.leave_out(place, f"What it does at {event}", why)

    def _question(self, name: str, place: str, body: str, following: str) -> Stop:
        """A question; where the next widget splits its answer by words, one with choices."""
        save = self.answers[name]
        following = self._past_variables(following)
        split = self.states.get(following, {})
        text = self.spoken(body, place)
        if word(split, "type") != "split-based-on" or self._answer(word(inner(split, "properties"), "input")) != save:
            return Stop("collect", place, [Said(text)], next=following, save=save)
        self.joined.add(following)
        conditions = list(_conditions(split))
        otherwise = dict(_ways(split)).get("noMatch", OVER)
        if conditions and all(word(one, "type") in _EQUAL for one, _ in conditions):
            if otherwise != OVER:
                what = "Where an answer fits no choice"
                self.sketch.leave_out(plain(following)[:60], what, NO_CHOICE)
            text, options = _choices(text, conditions)
            return Stop("ask", place, [Said(text)], options, otherwise, save)
        return Stop("collect", place, [Said(text)], self._inside(following, conditions), otherwise, save)

    def _past_variables(self, name: str) -> str:
        """What follows where only variables are set in between."""
        seen = set[str]()
        while word(self.states.get(name, {}), "type") == "set-variables" and name not in seen:
            seen.add(name)
            name = dict(_ways(self.states[name])).get("next", OVER)
        return name

    def _inside(self, place: str, conditions: Sequence[tuple[Json, str]]) -> list[Option]:
        """Words that lead elsewhere from any answer that holds them."""
        options = []
        for condition, following in conditions:
            if word(condition, "type") in (*_EQUAL, "contains", "starts_with"):
                words = Said("|".join(_values(condition)))
                options.append(Option(words, words, following))
            else:
                self._cannot(place, condition)
        return options

    def _fork(self, name: str, state: Json) -> Stop:
        """A split by an answer of before. One right after its question is part of the question, and nobody comes here."""
        given = word(inner(state, "properties"), "input")
        otherwise = dict(_ways(state)).get("noMatch", OVER)
        answer = self._answer(given)
        place = plain(name)[:60]
        if not answer:
            self.sketch.leave_out(place, f"A fork by {plain(given)[:40]}", "The line forks by answers only.")
            return Stop("pass", place, next=otherwise)
        options = []
        for condition, following in _conditions(state):
            if word(condition, "type") in _EQUAL:
                values = Said("|".join(self._kept_as(answer, _values(condition))))
                options.append(Option(values, values, following))
            elif name not in self.joined:
                self._cannot(place, condition)
        return Stop("branch", place, options=options, next=otherwise, on=answer)

    def _kept_as(self, answer: str, values: Sequence[str]) -> Iterator[str]:
        """The values, and what the choices are called that take them: an answer is kept as its choice is called."""
        asking = next((name for name, save in self.answers.items() if save == answer), "")
        following = self._past_variables(dict(_ways(self.states.get(asking, {}))).get("incomingMessage", ""))
        body = self.spoken(word(inner(self.states.get(asking, {}), "properties"), "body"), asking)
        _, options = _choices(body, list(_conditions(self.states.get(following, {}))))
        for value in values:
            yield value
            for option in options:
                if value.lower() in option.words.english.lower().split("|"):
                    yield option.label.english

    def _cannot(self, place: str, condition: Json) -> None:
        kind = plain(word(condition, "type"))[:30]
        what = f"A way by {kind} {plain(word(condition, 'value'))[:30]}"
        self.sketch.leave_out(plain(place)[:60], what, "The line compares words only.")


def _ways(state: Json) -> Iterator[tuple[str, str]]:
    """Each event that leads somewhere, and where."""
    for transition in each(state, "transitions"):
        if word(transition, "next"):
            yield word(transition, "event"), word(transition, "next")


def _conditions(state: Json) -> Iterator[tuple[Json, str]]:
    """The conditions of a split, each with the widget it leads to."""
    for transition in each(state, "transitions"):
        for condition in each(transition, "conditions"):
            yield condition, word(transition, "next")


def _values(condition: Json) -> list[str]:
    """What a condition compares with: one text, or several between commas."""
    value = word(condition, "value")
    parts = value.split(",") if word(condition, "type") == "matches_any_of" else [value]
    return [kept for part in parts if (kept := plain(part).replace("|", " ").strip())]


def _choices(text: str, conditions: Sequence[tuple[Json, str]]) -> tuple[str, list[Option]]:
    """The text without the lines that explain numbers, and the choices, called as those lines call them."""
    told = {found[1]: (found[0], found[2]) for found in _PROMPTED.finditer(text)}
    options = []
    for condition, following in conditions:
        values = _values(condition)
        number = next((value for value in values if value in told), "")
        name = plain(word(condition, "friendly_name"))
        called = "" if not name or name.lower().startswith("if value") else name
        label = told[number][1] if number else called or (values[0][:1].upper() + values[0][1:] if values else "")
        if number:
            text = text.replace(told[number][0], "")
        key = int(number) if number else 0
        options.append(Option(Said(label), Said("|".join(values)), following, key))
    return re.sub(r"\n{2,}", "\n", text).strip(" ,;\n"), options
