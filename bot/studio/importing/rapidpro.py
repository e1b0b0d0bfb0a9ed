"""Flows exported from RapidPro or TextIt (flow definitions of version 13) as ours. Nothing in them is ever evaluated.

The format: https://docs.nyaruka.com and goflow's specification. A node does its actions, then its router takes an exit by
the category of the first case that fits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.errors import NotBrought
from bot.store.hsds_languages import language_tag
from bot.studio.importing import exports
from bot.studio.importing.exports import Json, each, inner, word, words
from bot.studio.importing.finishing import finish
from bot.studio.importing.sketch import NO_CHOICE, OVER, Brought, Option, Said, Sketch, Stop, name_of, plain, spoken

_MOST_NODES = 1_000
_OURS = ("end", "line", "notices", "phrases", "wishes", "words")  # no flow can be called so
_EXPRESSION = re.compile(
    r"@@|@\((?:[^()\"]|\"[^\"]*\"|\((?:[^()]|\([^()]*\))*\))*\)"
    r"|(?<![\w.+-])@(?:results|contact|fields|urns|input|run|child|parent|webhook|trigger|globals|node|ticket|legacy_extra)\b"
    r"(?:\.\w+)*"
)
_RESULT = re.compile(r"@\(?\s*results\.(\w+)(?:\.(?:value|category|category_localized|input))?\s*\)?")
_WORD_TESTS = {"has_any_word": "each", "has_all_words": "whole", "has_phrase": "whole", "has_only_phrase": "whole",
               "has_beginning": "whole", "has_only_text": "whole", "has_category": "each argument"}  # fmt: skip
_TYPED_TESTS = {
    "has_text": "", "has_number": "number", "has_number_eq": "number", "has_number_lt": "number", "has_number_lte": "number",
    "has_number_gt": "number", "has_number_gte": "number", "has_number_between": "number", "has_date": "when",
    "has_date_eq": "when", "has_date_lt": "when", "has_date_gt": "when", "has_time": "when", "has_phone": "phone",
    "has_state": "place", "has_district": "place", "has_ward": "place",
}  # fmt: skip
_NO_LONGER = "We have no such step. Do it by hand, or leave it."


def bring(text: str) -> list[Brought]:
    """Every flow of an export, or of a bare definition. Raises NotBrought with a sentence for who brought the file."""
    top = exports.read(text)
    flows = list(each(top, "flows")) if "flows" in top else [top]
    flows = [flow for flow in flows if isinstance(flow.get("nodes"), list) and "spec_version" in flow]
    if not flows:
        raise NotBrought("This is no export of RapidPro or TextIt: it holds no flow of version 13.")
    for flow in flows:
        if not word(flow, "spec_version").startswith("13."):
            raise NotBrought("The flow `{name}` is of another version than 13. Export it again from a current server.",
                             name=plain(word(flow, "name"))[:60])  # fmt: skip
    names = _names(flows)
    parts = {word(inner(action, "flow"), "uuid") for flow in flows for action in _actions(flow) if _is_part(action)}
    return [_Drawing(flow, names, parts).draw() for flow in flows]


def _names(flows: Sequence[Json]) -> dict[str, str]:
    """What each flow is called here, by its UUID."""
    names: dict[str, str] = {}
    for number, flow in enumerate(flows):
        uuid = word(flow, "uuid") or f"number {number}"
        names[uuid] = name_of(word(flow, "name"), {*names.values(), *_OURS}, "flow")
    return names


def _actions(flow: Json) -> Iterator[Json]:
    for node in each(flow, "nodes"):
        yield from each(node, "actions")


def _is_part(action: Json) -> bool:
    return word(action, "type") == "enter_flow" and action.get("terminal") is not True


@dataclass
class _Drawing:
    """One flow while it is drawn. Stops are keyed by their node and a number; the first by the node alone."""

    flow: Json
    names: dict[str, str]
    parts: set[str]
    sketch: Sketch = field(init=False)

    def draw(self) -> Brought:
        uuid = word(self.flow, "uuid")
        title = plain(word(self.flow, "name"))[:200]
        name = self.names.get(uuid) or next(iter(self.names.values()))
        self.sketch = Sketch(name, title, part=uuid in self.parts)
        if self.sketch.part:
            self.sketch.leave_out(
                title, "It is walked inside other flows", "It became a part, which cannot be begun alone."
            )
        if word(self.flow, "type") not in ("messaging", "messaging_background", "messaging_offline", ""):
            self.sketch.leave_out(title, "It is made for calls", "Its texts are sent, not spoken.")
        nodes = [node for node in each(self.flow, "nodes") if word(node, "uuid")]
        if len(nodes) > _MOST_NODES:
            raise NotBrought("The flow `{name}` has more than 1,000 nodes. Split it first.", name=title[:60])
        if self.original != "en":
            self.sketch.leave_out(title, f"Its own language is {self.original}", self._whose_english())
        self.sketch.start = word(nodes[0], "uuid") if nodes else OVER
        for node in nodes:
            self._node(node)
        return finish(self.sketch)

    # Texts

    @property
    def original(self) -> str:
        language = word(self.flow, "language")
        return "en" if language in ("eng", "base", "und", "") else language_tag(language) or plain(language)[:20]

    def _whose_english(self) -> str:
        if "eng" in inner(self.flow, "localization"):
            return "We took the English that came with it; the original is kept beside it."
        return "We have put it where English belongs: write the English."

    def said(self, uuid: str, kind: str, text: str, place: str) -> Said:
        """A text with its translations; the English one first, wherever it stands."""
        versions = {self.original: self.spoken(text, place)}
        for language in inner(self.flow, "localization"):
            found = words(inner(inner(inner(self.flow, "localization"), language), uuid), kind)
            if found and (told := self.spoken(" ".join(found) if kind == "text" else "|".join(found), place)):
                tag = "en" if language == "eng" else language_tag(language) or plain(language)[:20]
                versions[tag] = told
        english = versions.pop("en", "") or versions.get(self.original, "")
        if versions.get(self.original) == english:
            versions.pop(self.original)
        return Said(english, versions)

    def spoken(self, text: str, place: str) -> str:
        def stands_for(found: re.Match[str]) -> str:
            if found[0] == "@@":
                return "@"
            if result := _RESULT.fullmatch(found[0]):
                return f"{{{name_of(result[1], otherwise='answer')}}}"
            self.sketch.leave_out(place, f"The value {found[0]}", "The line does not know it; the text goes without.")
            return ""

        return spoken(text, _EXPRESSION, stands_for)

    # Nodes

    def _node(self, node: Json) -> None:
        """Its actions one after the other, then its question or fork."""
        key = word(node, "uuid")
        stops = [stop for action in each(node, "actions") if (stop := self._action(action)) is not None]
        ways = {word(one, "uuid"): word(one, "destination_uuid") for one in each(node, "exits")}
        router = inner(node, "router")
        if stops and stops[-1].kind == "do":  # how the other flow ended is not asked
            stops[-1].next = next(iter(ways.values()), OVER)
        elif router:
            stops.append(self._router(router, ways, stops))
        else:
            stops.append(Stop("pass", "", next=next(iter(ways.values()), OVER)))
        for number, stop in enumerate(stops):
            if number < len(stops) - 1:
                stop.next = f"{key} {number + 1}"
            self.sketch.stops[f"{key} {number}" if number else key] = stop

    def _action(self, action: Json) -> Stop | None:
        kind, uuid = word(action, "type"), word(action, "uuid")
        match kind:
            case "send_msg" | "say_msg":
                place = plain(word(action, "text"))[:40] or "A text"
                if words(action, "attachments"):
                    self.sketch.leave_out(place, "A picture or file sent with it", "The line sends words only.")
                said = self.said(uuid, "text", word(action, "text"), place)
                return Stop("say", place, [said]) if said.english else None
            case "enter_flow":
                other = inner(action, "flow")
                name = self.names.get(word(other, "uuid")) or name_of(word(other, "name"), _OURS, "flow")
                if word(other, "uuid") not in self.names:
                    why = f"It is not in this file. Bring it too, or lead to another flow than `{name}`."
                    self.sketch.leave_out(name, "Another flow", why)
                return Stop("do" if _is_part(action) else "go", plain(word(other, "name"))[:40] or name, flow=name)
            case "open_ticket":
                about = plain(word(action, "body") or word(action, "note"))[:60] or "asked for a person"
                return Stop("handoff", self.spoken(about, about).translate({123: None, 125: None}))
            case "set_run_result":
                what = f"Keeps {plain(word(action, 'name'))[:40]}"
                self.sketch.leave_out(kind, what, "A flow of ours keeps only what a resident answers.")
            case _:
                self.sketch.leave_out(plain(kind)[:40], "An action", _NO_LONGER)
        return None

    def _router(self, router: Json, ways: dict[str, str], before: Sequence[Stop]) -> Stop:
        """What follows the actions: a question where the router waits for a text, else a fork."""
        categories = {word(one, "uuid"): one for one in each(router, "categories")}
        exits = {uuid: ways.get(word(one, "exit_uuid"), OVER) for uuid, one in categories.items()}
        otherwise = exits.get(word(router, "default_category_uuid"), next(iter(exits.values()), OVER))
        name = word(router, "result_name")
        place = plain(name)[:40] or (before[-1].place if before else "A question")
        wait = inner(router, "wait")
        cases = [case for case in each(router, "cases") if word(case, "category_uuid") in categories]
        if word(router, "type") != "switch":
            self.sketch.leave_out(
                place, f"A fork by {plain(word(router, 'type'))[:20]}", "It always takes one way now."
            )
            return Stop("pass", place, next=otherwise)
        if wait:
            self._waits(wait, place)
            return self._question(place, name, cases, categories, exits, otherwise)
        return self._fork(router, place, cases, categories, exits, otherwise)

    def _waits(self, wait: Json, place: str) -> None:
        if word(wait, "type") not in ("msg", ""):
            self.sketch.leave_out(place, f"It waits for {plain(word(wait, 'type'))[:20]}", "The line waits for a text.")
        if inner(wait, "timeout") or inner(wait, "hint"):
            self.sketch.leave_out(
                place, "What it does if nobody answers", "The line waits, and reminds of open reports."
            )

    def _question(
        self,
        place: str,
        name: str,
        cases: Sequence[Json],
        categories: dict[str, Json],
        exits: dict[str, str],
        otherwise: str,
    ) -> Stop:
        save = name_of(name, otherwise="answer") if name else ""
        typed = [case for case in cases if word(case, "type") not in _WORD_TESTS]
        options = self._options([case for case in cases if word(case, "type") in _WORD_TESTS], categories, exits, place)
        if options and not typed:
            self.sketch.leave_out(place, "Where an answer fits no choice", NO_CHOICE)
            return Stop("ask", place, options=options, next=otherwise, save=save)
        stop = Stop("collect", place, options=options, next=otherwise, save=save)
        for number, case in enumerate(typed):
            kind = word(case, "type")
            if number == 0:
                stop.next = exits[word(case, "category_uuid")]
                stop.takes = _TYPED_TESTS.get(kind, "")
                self._between(stop, case)
            if number or kind not in _TYPED_TESTS or kind.rpartition("_")[2] in ("eq", "lt", "lte", "gt", "gte"):
                why = "The line takes any answer of its kind and goes on one way. Look where it goes."
                self.sketch.leave_out(
                    place, f"A way by {plain(kind)[:30]} {plain(' '.join(words(case, 'arguments')))[:30]}", why
                )
        return stop

    def _between(self, stop: Stop, case: Json) -> None:
        limits = words(case, "arguments")
        if (
            word(case, "type") == "has_number_between"
            and len(limits) == 2
            and all(re.fullmatch("[0-9]{1,5}", one) for one in limits)
        ):
            stop.takes, stop.least, stop.most = "count", int(limits[0]), int(limits[1])

    def _options(
        self, cases: Sequence[Json], categories: dict[str, Json], exits: dict[str, str], place: str
    ) -> list[Option]:
        """One for each category, with the words of all its cases."""
        found: dict[str, Option] = {}
        for case in cases:
            category = word(case, "category_uuid")
            how = _WORD_TESTS[word(case, "type")]
            said = self.said(word(case, "uuid"), "arguments", "|".join(words(case, "arguments")), place)
            typed = Said(_listed(said.english, how), {tag: _listed(text, how) for tag, text in said.others.items()})
            if category not in found:
                label = self.said(category, "name", word(categories[category], "name"), place)
                found[category] = Option(label, typed, exits[category])
            else:
                found[category].words = _both(found[category].words, typed)
        return list(found.values())

    def _fork(
        self,
        router: Json,
        place: str,
        cases: Sequence[Json],
        categories: dict[str, Json],
        exits: dict[str, str],
        otherwise: str,
    ) -> Stop:
        result = _RESULT.fullmatch(word(router, "operand"))
        known = [case for case in cases if word(case, "type") in _WORD_TESTS]
        if result is None or not known:
            what = f"A fork by {plain(word(router, 'operand'))[:40]}"
            self.sketch.leave_out(place, what, "The line forks by answers only; it always takes one way now.")
            return Stop("pass", place, next=otherwise)
        options = self._options(known, categories, exits, place)
        for option in options:  # an answer is kept as its choice is called
            option.words = Said(f"{option.words.english}|{option.label.english}")
        if len(known) < len(cases):
            self.sketch.leave_out(
                place, "Some ways of a fork", "They compare numbers or dates, which the line does not."
            )
        return Stop("branch", place, options=options, next=otherwise, on=name_of(result[1], otherwise="answer"))


def _listed(arguments: str, how: str) -> str:
    """The words of a case as ours: each by itself, or all of it as one phrase; none that only an answer would tell."""
    parts = arguments.split("|")
    if how == "each":
        parts = [one for part in parts for one in part.replace(",", " ").split()]
    return "|".join(part for part in parts if part and "{" not in part)


def _both(one: Said, other: Said) -> Said:
    tags = {**one.others, **other.others}
    others = {tag: "|".join(filter(None, (one.others.get(tag), other.others.get(tag)))) for tag in tags}
    return Said(f"{one.english}|{other.english}", others)
