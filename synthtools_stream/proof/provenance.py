"""Where the value of an argument comes from, decided and rechecked in code.

In order of strength: `user` (said in a turn), `response` (returned by an earlier step), `default`, `derived`
(recomputed by a formula), and the two that may rest on a judge's word: `choice` (a boolean or enum value that quoted
words imply) and `text` (free wording whose ids, numbers and names are all known). What selects an entity or carries an
amount is never a choice or a text.

`find_provenance` makes the proof, `provenance_problem` checks a recorded one; both know the same `Grounds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.proof.formulas import computes
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.state import CLOCK, as_json, now_of
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.json_pointers import Leaf, leaf_pointers, leaves, resolve
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json
from synthtools_stream.wording.dates import is_date, parse_date
from synthtools_stream.wording.numbers import numbers_in
from synthtools_stream.wording.value_search import Quoted, find_value

__all__ = [
    "JUDGED_KINDS",
    "Found",
    "Grounds",
    "Leaf",
    "find_all",
    "find_provenance",
    "leaf_pointers",
    "parameter_at",
    "provenance_problem",
    "user_quotes",
]

JUDGED_KINDS = frozenset({ProvenanceKind.choice, ProvenanceKind.text})
"""What code cannot settle alone; a certificate lists such arguments."""
_WANTED = "is neither said by the user nor in an earlier response"
_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_NAME = re.compile(r"(?<![\w'’-])[A-Z][\w'’-]+")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]\s+|\n\s*)[\"'“(]*$")
_ISO_INSIDE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?")
_FIELDS = ("turn", "quote", "step", "pointer", "formula", "inputs", "values")
_FILLED = {
    kind: tuple(name in names for name in _FIELDS)
    for kind, names in {
        ProvenanceKind.user: ("turn", "quote"),
        ProvenanceKind.response: ("step", "pointer"),
        ProvenanceKind.default: (),
        ProvenanceKind.derived: ("formula", "inputs", "values"),
        ProvenanceKind.choice: ("turn", "quote"),
        ProvenanceKind.text: (),
    }.items()
}
"""Which of the fields a provenance of each kind fills in."""
_COMMON_CAPITALS = frozenset({"I", "ETA", "ID", "OK", "PM", "AM", "EUR", "USD", "GBP"})
"""Words in capitals that name nothing."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a caller may know when a step's call is made."""

    turns: Sequence[str]
    """The user's turns, this step's included."""
    responses: Sequence[JsonObject]
    """The responses of the steps before."""
    state: JsonObject | State | None = None
    """Tells which values are ids of entities, and what day it is."""

    @property
    def now(self) -> str | None:
        """What the state's clock says."""
        return now_of(self.state)

    def is_entity(self, value: Json) -> bool:
        """Say whether a value is the id of an entity."""
        return isinstance(value, str) and any(
            isinstance(entities, dict) and value in entities
            for collection, entities in as_json(self.state or {}).items()
            if collection != CLOCK
        )


class Found(NamedTuple):
    """The proofs of a call's arguments, by pointer; which have none; and which rest on a judge."""

    provenance: dict[str, Provenance]
    ungrounded: list[str]
    to_judge: list[str]


def find_all(call: Call, tool: Tool, grounds: Grounds, declared: Sequence[Grounding] = ()) -> Found:
    """Find the provenance of every leaf of a call's arguments; `ungrounded` says what and why, for the evolver."""
    by_pointer = {grounding.argument: grounding for grounding in declared}
    found = Found({}, [], [])
    for leaf in leaf_pointers(call.arguments):
        if not leaf.pointer:
            continue  # no arguments at all
        parameter = parameter_at(tool, leaf.pointer)
        proof = find_provenance(leaf.value, leaf.pointer, grounds, parameter, by_pointer.get(leaf.pointer))
        if proof is None:
            found.ungrounded.append(f"{leaf.pointer} = {str(leaf.value)[:80]!r} {_WANTED}")
            continue
        found.provenance[leaf.pointer] = proof
        if proof.kind in JUDGED_KINDS:
            found.to_judge.append(leaf.pointer)
    return found


def find_provenance(
    value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None, declared: Grounding | None = None
) -> Provenance | None:
    """Return the strongest proof there is; what the evolver declared is tried first, if it is a proof of code.

    `pointer` is the leaf's place in the arguments, `parameter` the top-level parameter that it belongs to.
    """
    if declared is not None and declared.kind not in ("choice", "text"):
        proof = _declared(value, pointer, grounds, parameter, declared)
        if proof is not None:
            return proof
    return (
        _from_user(value, grounds)
        or _from_response(value, grounds)
        or _from_default(value, pointer, parameter)
        or (_judgeable(value, pointer, grounds, parameter, declared) if declared is not None else None)
    )


def provenance_problem(
    proof: Provenance, value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None
) -> str | None:
    """Return why a recorded provenance does not prove `value`, or None when it does."""
    if not _holds_only_its_fields(proof):
        return f"a provenance of kind {proof.kind} lacks what it needs or holds more"
    match proof.kind:
        case ProvenanceKind.user:
            return _user_problem(proof, value, grounds)
        case ProvenanceKind.response:
            return _response_problem(proof, value, grounds)
        case ProvenanceKind.default:
            return None if _from_default(value, pointer, parameter) else "it is not the parameter's default"
        case ProvenanceKind.derived:
            return _derived_problem(proof, value, grounds)
        case ProvenanceKind.choice:
            if not _may_be_choice(value, pointer, grounds, parameter):
                return "only a boolean or an enum value may be a choice"
            return _quote_problem(proof, grounds)
        case ProvenanceKind.text:
            return _text_problem(value, pointer, grounds, parameter)


def user_quotes(proof: Provenance) -> list[str]:
    """Return the user's words that a provenance rests on, as values (a choice's quote is only a hint)."""
    if proof.kind is ProvenanceKind.user and proof.quote is not None:
        return [proof.quote]
    return [quote for part in proof.inputs or () for quote in user_quotes(part)]


def parameter_at(tool: Tool, pointer: str) -> Parameter | None:
    """Return the top-level parameter that a leaf belongs to."""
    return tool.parameters.get(_tokens(pointer)[0]) if pointer else None


@lru_cache(maxsize=1024)
def _tokens(pointer: str) -> tuple[str, ...]:
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def _parameter_of_leaf(pointer: str, parameter: Parameter | None) -> Parameter | None:
    for token in _tokens(pointer)[1:]:
        if parameter is None:
            return None
        parameter = parameter.items if parameter.type == "array" else (parameter.properties or {}).get(token)
    return parameter


def _from_user(value: Json, grounds: Grounds) -> Provenance | None:
    for turn in range(len(grounds.turns) - 1, -1, -1):
        found = find_value(grounds.turns[turn], value, grounds.now)
        if found is not None:
            return _user(turn, found)
    return None


def _user(turn: int, found: Quoted) -> Provenance:
    return Provenance(kind=ProvenanceKind.user, turn=turn, quote=found.quote, normaliser=found.normaliser)


def _from_response(value: Json, grounds: Grounds) -> Provenance | None:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return None  # true to everything: such a value must be said, a default, or a declared pointer
    for step in range(len(grounds.responses) - 1, -1, -1):
        for leaf in leaves(grounds.responses[step]):
            if same_json(leaf.value, value):
                return Provenance(kind=ProvenanceKind.response, step=step, pointer=leaf.pointer)
    return None


def _from_default(value: Json, pointer: str, parameter: Parameter | None) -> Provenance | None:
    if parameter is None:
        return None
    rest = pointer[1:].partition("/")[2]
    try:
        default = resolve(parameter.default, f"/{rest}" if rest else "")
    except LookupError:
        default = None
    if default is None:
        leaf = _parameter_of_leaf(pointer, parameter)
        default = leaf.default if leaf is not None else None
    return Provenance(kind=ProvenanceKind.default) if default is not None and same_json(value, default) else None


def _declared(
    value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None, declared: Grounding
) -> Provenance | None:
    if declared.kind == "user" and declared.quote:
        return _declared_user(value, grounds, declared.quote)
    if declared.kind == "response" and declared.step is not None and declared.pointer is not None:
        proof = Provenance(kind=ProvenanceKind.response, step=declared.step, pointer=declared.pointer)
        return proof if provenance_problem(proof, value, pointer, grounds, parameter) is None else None
    if declared.kind == "default":
        return _from_default(value, pointer, parameter)
    if declared.kind == "derived" and declared.formula:
        return _declared_derived(value, grounds, declared.formula, declared.inputs)
    return None


def _declared_user(value: Json, grounds: Grounds, quote: str) -> Provenance | None:
    found = find_value(quote, value, grounds.now)
    if found is None:
        return None
    for turn in range(len(grounds.turns) - 1, -1, -1):
        if quote in grounds.turns[turn] and find_value(grounds.turns[turn], value, grounds.now):
            return _user(turn, found)
    return None


def _declared_derived(value: Json, grounds: Grounds, formula: str, inputs: Sequence[str]) -> Provenance | None:
    parts = [_input(text, grounds) for text in inputs]
    sources = [part[0] for part in parts if part is not None]
    values = [part[1] for part in parts if part is not None]
    if len(sources) < len(inputs) or not inputs or not computes(formula, values, value):
        return None
    return Provenance(kind=ProvenanceKind.derived, formula=formula, inputs=sources, values=values)


def _input(text: str, grounds: Grounds) -> tuple[Provenance, Json] | None:
    """Read one input of a formula: `<step>#<pointer>`, or a quote that holds one number or date."""
    head, mark, pointer = text.partition("#")
    if mark and head.isascii() and head.isdigit() and len(head) < 6 and int(head) < len(grounds.responses):
        try:
            value = resolve(grounds.responses[int(head)], pointer)
        except LookupError:
            return None
        return Provenance(kind=ProvenanceKind.response, step=int(head), pointer=pointer), value
    value = _value_in(text)
    proof = _declared_user(value, grounds, text) if value is not None else None
    return (proof, value) if proof is not None else None


def _value_in(quote: str) -> Json:
    stamp = _ISO_INSIDE.search(quote)
    if stamp and parse_date(stamp[0]):
        return stamp[0]
    number = next(numbers_in(quote), None)
    if number is not None:
        plain = number.replace(",", "")
        return float(plain) if "." in plain else int(plain)
    return next((count for count in range(1, 13) if find_value(quote, count)), None)


def _judgeable(
    value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None, declared: Grounding
) -> Provenance | None:
    # What was declared as the user's word and stands there in other words may still be what the user chose.
    if declared.kind in ("choice", "user") and declared.quote:
        turn = next((t for t in range(len(grounds.turns) - 1, -1, -1) if declared.quote in grounds.turns[t]), None)
        if turn is None or not _may_be_choice(value, pointer, grounds, parameter):
            return None
        return Provenance(kind=ProvenanceKind.choice, turn=turn, quote=declared.quote)
    if declared.kind == "text" and _text_problem(value, pointer, grounds, parameter) is None:
        return Provenance(kind=ProvenanceKind.text)
    return None


def _may_be_choice(value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None) -> bool:
    if isinstance(value, bool):
        return True
    leaf = _parameter_of_leaf(pointer, parameter)
    closed = (leaf is not None and leaf.enum) or (parameter is not None and parameter.enum)
    return bool(closed) and isinstance(value, str) and not grounds.is_entity(value)


def _text_problem(value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None) -> str | None:
    leaf = _parameter_of_leaf(pointer, parameter)
    if not isinstance(value, str) or (leaf is not None and leaf.enum):
        return "only free wording may be a text"
    if grounds.is_entity(value) or is_date(value) or _ID.fullmatch(value) or value.replace(".", "").isdigit():
        return "what selects an entity or carries an amount may not be a text"
    said = "\n".join(
        [*grounds.turns, *(str(leaf.value) for r in grounds.responses for leaf in leaves(r)), grounds.now or ""]
    )
    lacking = next((word for word in _claims(value) if not _is_known(word, said)), None)
    return f"'{lacking[:60]}' inside it has no provenance" if lacking is not None else None


def _claims(text: str) -> Iterator[str]:
    """Yield the ids, numbers, dates and names inside a text."""
    yield from (match[0] for match in _ID.finditer(text))
    yield from (match[0] for match in _ISO_INSIDE.finditer(text))
    yield from numbers_in(text)
    short = len(text.split()) < 4  # too short for a sentence: its first word may be a name, too
    for match in _NAME.finditer(text):
        opens = _SENTENCE_START.search(text[: match.start()]) is not None
        if (short or not opens) and match[0] not in _COMMON_CAPITALS:
            yield match[0]


def _is_known(word: str, said: str) -> bool:
    try:
        return find_value(said, float(word.replace(",", ""))) is not None
    except ValueError:
        return find_value(said, word) is not None


def _holds_only_its_fields(proof: Provenance) -> bool:
    """Say whether exactly the fields of its kind are filled in (a normaliser is optional for `user`)."""
    filled = (
        *(proof.turn is not None, proof.quote is not None, proof.step is not None, proof.pointer is not None),
        *(proof.formula is not None, proof.inputs is not None, proof.values is not None),
    )
    return filled == _FILLED[proof.kind] and (proof.normaliser is None or proof.kind is ProvenanceKind.user)


def _quote_problem(proof: Provenance, grounds: Grounds) -> str | None:
    turn, quote = proof.turn, proof.quote
    if turn is None or not quote or not 0 <= turn < len(grounds.turns) or quote not in grounds.turns[turn]:
        return "its quote does not stand in that turn"
    return None


def _user_problem(proof: Provenance, value: Json, grounds: Grounds) -> str | None:
    problem = _quote_problem(proof, grounds)
    if problem is not None or proof.turn is None or proof.quote is None:
        return problem
    now = grounds.now
    found = find_value(proof.quote, value, now)
    if found is None or found.normaliser != proof.normaliser or not find_value(grounds.turns[proof.turn], value, now):
        return "its quote does not say the value"
    return None


def _response_problem(proof: Provenance, value: Json, grounds: Grounds) -> str | None:
    step = proof.step
    if step is None or not 0 <= step < len(grounds.responses):
        return "it names a step that was not yet made"
    try:
        found = resolve(grounds.responses[step], proof.pointer or "")
    except LookupError as error:
        return str(error)
    return None if same_json(found, value) else "that response holds another value"


def _derived_problem(proof: Provenance, value: Json, grounds: Grounds) -> str | None:
    inputs, values = proof.inputs or [], proof.values or []
    if not inputs or len(inputs) != len(values):
        return "its inputs and values do not go together"
    for part, item in zip(inputs, values, strict=True):
        if part.kind not in (ProvenanceKind.user, ProvenanceKind.response):
            return f"an input may not be of kind {part.kind}"
        problem = provenance_problem(part, item, "", grounds, None)
        if problem is not None:
            return f"input: {problem}"
    return None if computes(proof.formula or "", values, value) else "the formula does not give the value"
