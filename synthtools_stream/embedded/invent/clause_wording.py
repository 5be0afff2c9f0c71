"""One step as an imperative clause in the words of the tool's own description, with the things it is about put in."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthtools_stream.embedded.english import base_form, join, plural
from synthtools_stream.embedded.invent.state_verbs import participle
from synthtools_stream.embedded.invent.value_wording import (
    Phrase,
    flag_label,
    label_of,
    say_filter,
    say_flag,
    say_value,
)
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading
from synthtools_stream.values.jsontypes import Json

__all__ = ["Clause", "ClauseWriter", "as_written", "imperative"]

_ARTICLES = r"(?:an?|one|the|another|its|each|any|some)(?: (?:single|given|existing|new|other|certain|stored))*"
_CUT = re.compile(
    r"(?: in its |: its | that is | by (?:a given|an) (?:amount|number of days)\b| with its | by its id\b| by id\b"
    r"|, with | with the | with a given id\b| with what is on file| in full\b"
    r"| and everything).*$"
)
_OF_IT = re.compile(r"\bthe ([\w%/-]+(?: [\w%/-]+){0,4}?) of it\b")
_VERB = re.compile(
    r"(?P<verb>[a-z-]+(?: (?:up|down|in|out|off|over|back|away|forward|aside|on))?) (?P<part>the [\w%/ -]+ of )?"
)


@dataclass
class Clause:
    """A clause and where each value of it stands."""

    text: str
    things: str = ""
    """What is looked up, or all that is searched for, without the verb; empty where that says too little."""
    stated: str = ""
    """The same wish as a statement: `booking BK-1042 should be cancelled`."""
    quotes: dict[str, Phrase] = field(default_factory=dict[str, Phrase])


def _loose(noun: str) -> str:
    """Return a pattern for a noun that may be written with a space or a hyphen: `e-book`, `e book`."""
    return r"[ -]".join(re.escape(part) for part in re.split(r"[ -]", noun))


def as_written(noun: str, reading: ToolReading) -> str:
    """Return a noun with the hyphens that the tool's text gives it."""
    if " " not in noun:
        return noun
    texts = (reading.description, *(item.description for item in reading.meanings))
    return next((found[0] for text in texts if (found := re.search(rf"\b{_loose(noun)}\b", text))), noun)


def imperative(description: str) -> str:
    """Return the first sentence of a description as an imperative without its capital and full stop."""
    sentence = re.split(r"(?<=[a-z0-9])\.(?:\s|$)", description.strip(), maxsplit=1)[0].rstrip(".")
    first, _, rest = sentence.partition(" ")
    return f"{base_form(first)} {rest}".strip()


@dataclass
class ClauseWriter:
    """Writes the clause of one call; `names` says how ids are spoken of, by parameter."""

    reading: ToolReading
    arguments: Mapping[str, Json]
    names: Mapping[str, str]
    rng: random.Random
    plain: bool = False
    derived: Mapping[str, Phrase] = field(default_factory=dict[str, Phrase])
    """Words for values that are worked out of others, by parameter."""

    def write(self) -> Clause:
        """Return the clause that asks for the call, worded as its operation needs."""
        match self.reading.operation:
            case Operation.search:
                return self._search()
            case Operation.create:
                return self._create()
            case Operation.update:
                clause = self._update()
            case _:
                clause = self._act()
        if "it" in self.names.values():
            clause.text = _OF_IT.sub(r"its \1", clause.text)
        elif self.reading.operation is Operation.get:
            clause.things = self._target_name(clause)
        else:
            clause.stated = self._stated(clause.text, self._target_name(clause))
        return clause

    def _stated(self, text: str, name: str) -> str:
        """Turn `lower the fee of visa VA-1 by 2 EUR` round: `the fee of visa VA-1 should be lowered by 2 EUR`."""
        head, found, tail = text.partition(name)
        verb = _VERB.fullmatch(head)
        if not found or verb is None or ":" in tail:
            return ""
        done = participle(verb["verb"])
        must = self.rng.choice(["should be", "should be", "needs to be", "has to be"])
        return f"{verb['part'] or ''}{name} {must} {done}{tail}"

    def _head(self) -> str:
        return imperative(self.reading.description)

    def _given(self) -> list[Meaning]:
        return [item for item in self.reading.meanings if self.arguments.get(item.parameter) is not None]

    def _search(self) -> Clause:
        reading, clause = self.reading, Clause("")
        many = plural(reading.noun)
        found = re.match(rf"(.*?\b({_loose(many)})\b)", re.sub(r"\b(?:all|the) ", "", self._head()))
        clause.text = found[1] if found else _CUT.sub("", self._head())
        owners: list[str] = []
        parts: list[str] = []
        tail = ""
        for item in self._given():
            value = self.arguments[item.parameter]
            if item.kind is MeaningKind.limit:
                clause.quotes[item.parameter] = Phrase(str(value), str(value))
                tail = f", at most {value} of them"
                continue
            said = say_filter(item, value, self.rng, plain=self.plain, meant=self.derived.get(item.parameter))
            clause.quotes[item.parameter] = said
            (owners if item.takes_id else parts).append(said.text)
        clause.text += f" {join(owners)}" if owners else ""
        clause.text += f" {join(_one_with(parts))}" if parts else ""
        clause.things = clause.text[found.start(2) :] if found and clause.text != found[1] and not tail else ""
        clause.text += tail
        return clause

    def _create(self) -> Clause:
        clause = Clause(_CUT.sub("", self._head()))
        rest = self._fill_names(clause)
        return self._with_parts(clause, rest)

    def _with_parts(self, clause: Clause, rest: list[Meaning]) -> Clause:
        parts = [self._part(item, clause) for item in rest]
        if parts:
            clause.text += self.rng.choice([" with ", ", with "]) + join(parts)
        return clause

    def _part(self, item: Meaning, clause: Clause) -> str:
        value, label = self.arguments[item.parameter], label_of(item)
        if item.takes_id:
            return (
                f"{as_written(item.noun, self.reading) or label} {self._id(item, clause)}"
                if item.parameter not in self.names
                else self._id(item, clause)
            )
        if isinstance(value, bool):
            text = _flag_text(item, value)
            clause.quotes[item.parameter] = Phrase(text, text)
            return text
        said = self._said(item)
        clause.quotes[item.parameter] = said
        if said.text.startswith("the same "):
            return said.text
        if isinstance(value, list | dict):
            return f"the {label} {said.text}"
        if label == "channel":
            return f"{label} {said.text}"
        return f"the {label} {said.text}" if said.text.startswith('"') else f"{label} {said.text}"

    def _said(self, item: Meaning) -> Phrase:
        """Return the words for a value, and what of them is the value."""
        derived = self.derived.get(item.parameter)
        return derived or say_value(item, self.arguments[item.parameter], self.rng, plain=self.plain)

    def _id(self, item: Meaning, clause: Clause) -> str:
        value = str(self.arguments[item.parameter])
        clause.quotes[item.parameter] = Phrase(value, value)
        return self.names.get(item.parameter, value)

    def _fill_names(self, clause: Clause) -> list[Meaning]:
        """Put ids where the description speaks of their nouns; return the parameters not yet said."""
        rest: list[Meaning] = []
        # The thing acted on is often named last: fill references first where both have the same noun.
        for item in self._given():
            if not item.takes_id:
                rest.append(item)
                continue
            noun = item.noun or self.reading.noun
            own = self.reading.operation is Operation.create and noun == self.reading.noun
            pattern = rf"\b{_ARTICLES} {_loose(noun)}\b"
            name = (
                self.names.get(item.parameter) or f"{as_written(noun, self.reading)} {self.arguments[item.parameter]}"
            )
            text, count = (
                re.subn(pattern, name.replace("\\", r"\\"), clause.text, count=1) if not own else (clause.text, 0)
            )
            if count:
                clause.text = text
                self._id(item, clause)
            elif item is self.reading.target:
                clause.text += f" for {name}"
                self._id(item, clause)
            else:
                rest.append(item)
        return rest

    def _target_name(self, clause: Clause) -> str:
        target = self.reading.target
        if target is None or self.arguments.get(target.parameter) is None:
            return f"the {self.reading.noun}"
        noun = target.noun or self.reading.noun
        self._id(target, clause)
        said = as_written(noun, self.reading)
        return self.names.get(target.parameter) or f"{said} {self.arguments[target.parameter]}"

    def _update(self) -> Clause:
        values = [item for item in self._given() if item is not self.reading.target]
        if any(item.takes_id for item in values) or not values:
            return self._act()
        clause = Clause("")
        name = self._target_name(clause)
        verb = self._head().partition(" ")[0]
        first = self._setting(values[0], clause)
        flags = any(isinstance(self.arguments[item.parameter], bool) for item in values)
        if isinstance(self.arguments[values[0].parameter], list | dict):
            return self._rewrite(values, name, clause)
        if flags or self.rng.random() < 0.35:
            parts = [first, *[self._setting(item, clause) for item in values[1:]]]
            clause.text = f"{verb} {name} so that {join(parts)}" if flags else f"{verb} {name}: set {join(_to(parts))}"
            return clause
        said = clause.quotes[values[0].parameter].text
        more = [self._setting(item, clause) for item in values[1:]]
        clause.text = f"{verb} the {label_of(values[0])} of {name} to {said}" + (
            f" and {join(_to(more))}" if more else ""
        )
        return clause

    def _rewrite(self, values: list[Meaning], name: str, clause: Clause) -> Clause:
        """Set something of more than one value: `edit booking BK-1042 to have the extras …`."""
        verb = self._head().partition(" ")[0]
        parts = [self._part(item, clause) for item in values]
        how = self.rng.choice(["so that it has", "to have", "and give it"])
        clause.text = f"{verb} {name} {how} {join(parts)}"
        return clause

    def _setting(self, item: Meaning, clause: Clause) -> str:
        value = self.arguments[item.parameter]
        if isinstance(value, bool):
            text = say_flag(item, value, "it")
            clause.quotes[item.parameter] = Phrase(text, text)
            return text
        said = self._said(item)
        clause.quotes[item.parameter] = said
        return f"its {label_of(item)} {'are' if isinstance(value, list) else 'is'} {said.text}"

    def _act(self) -> Clause:
        clause = Clause(_CUT.sub("", self._head()))
        recorded = re.search(r" and (?:also )?records? its .*$", clause.text)
        if recorded:
            clause.text = clause.text[: recorded.start()]
        rest = self._fill_names(clause)
        for item in [item for item in rest if item.kind is MeaningKind.amount]:
            said = self._said(item)
            clause.quotes[item.parameter] = said
            clause.text += f" by {said.text}"
            rest.remove(item)
        return self._with_parts(clause, rest)


def _one_with(parts: list[str]) -> list[str]:
    """Say `with` once for all parts that begin with it: those come first."""
    led = [part for part in parts if part.startswith("with ")]
    rest = [part for part in parts if not part.startswith("with ")]
    return [*led[:1], *[part.removeprefix("with ") for part in led[1:]], *rest]


def _to(parts: list[str]) -> list[str]:
    return [re.sub(r" (?:is|are) ", " to ", part, count=1) for part in parts]


def _flag_text(item: Meaning, value: bool) -> str:
    action = re.match(r"whether to ([^.]+)", item.description, re.IGNORECASE)
    if action:
        return f"{'do' if value else 'do not'} {action[1]}"
    label, had = flag_label(item)
    if had:
        return label if value else f"no {re.sub('^an? ', '', label)}"
    return f"{'' if value else 'not '}marked as {label}"
