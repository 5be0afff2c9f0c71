"""Find where the arguments of a call come from, and tell what has no grounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from synthtools_stream.proof.grounded.call_grounds import call_problems
from synthtools_stream.proof.grounded.choices import may_be_choice
from synthtools_stream.proof.grounded.formulas import computes
from synthtools_stream.proof.grounded.free_text import text_problem
from synthtools_stream.proof.grounded.grounds import JUDGED_KINDS, Grounds, parameter_at
from synthtools_stream.proof.grounded.provenance_check import is_default, operands_of, provenance_problem
from synthtools_stream.proof.grounded.spoken_inputs import spoken_input
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.json_pointers import leaf_pointers, leaves, resolve
from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.wording.dates import parse_date
from synthtools_stream.wording.numbers import numbers_in
from synthtools_stream.wording.value_search import Quoted, find_value

__all__ = ["Found", "find_all", "find_provenance", "sources_of"]

_WANTED = "is neither said by the user nor in an earlier response"
_ISO_INSIDE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?")


class Found(NamedTuple):
    """The proofs of a call's arguments, by pointer; which have none; and which rest on a judge."""

    provenance: dict[str, Provenance]
    ungrounded: list[str]
    to_judge: list[str]


def find_all(call: Call, tool: Tool, grounds: Grounds, declared: Sequence[Grounding] = ()) -> Found:
    """Find the provenance of every leaf of a call's arguments; `ungrounded` says what and why, for the evolver."""
    by_pointer = {grounding.argument: grounding for grounding in declared}
    found = Found({}, [], [])
    arguments = [leaf for leaf in leaf_pointers(call.arguments) if leaf.pointer]
    for leaf in arguments:
        parameter = parameter_at(tool, leaf.pointer)
        proof = find_provenance(leaf.value, leaf.pointer, grounds, parameter, by_pointer.get(leaf.pointer))
        if proof is None:
            found.ungrounded.append(f"{leaf.pointer} = {str(leaf.value)[:80]!r} {_WANTED}")
            continue
        found.provenance[leaf.pointer] = proof
        if proof.kind in JUDGED_KINDS:
            found.to_judge.append(leaf.pointer)
    problems = call_problems(arguments, tool, found.provenance, grounds)
    found.ungrounded.extend(f"{pointer}: {problem}" for pointer, problem in problems)
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
    return next(sources_of(value, pointer, grounds, parameter), None) or (
        _judgeable(value, pointer, grounds, parameter, declared) if declared is not None else None
    )


def sources_of(value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None) -> Iterator[Provenance]:
    """Yield where a value was said, then where it was returned, the latest place first; and that it is the default."""
    yield from _said(value, grounds)
    yield from _returned(value, grounds)
    default = _from_default(value, pointer, parameter)
    if default is not None:
        yield default


def _said(value: Json, grounds: Grounds) -> Iterator[Provenance]:
    for turn in _latest_first(grounds.turns):
        found = find_value(grounds.turns[turn], value, grounds.now)
        if found is not None:
            yield _user(turn, found)


def _latest_first(items: Sequence[object]) -> Iterator[int]:
    return iter(range(len(items) - 1, -1, -1))


def _user(turn: int, found: Quoted) -> Provenance:
    return Provenance(kind=ProvenanceKind.user, turn=turn, quote=found.quote, normaliser=found.normaliser)


def _returned(value: Json, grounds: Grounds) -> Iterator[Provenance]:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return  # true to everything: such a value must be said, a default, or a declared pointer
    for step in _latest_first(grounds.responses):
        for leaf in leaves(grounds.responses[step]):
            if same_json(leaf.value, value):
                yield Provenance(kind=ProvenanceKind.response, step=step, pointer=leaf.pointer)


def _from_default(value: Json, pointer: str, parameter: Parameter | None) -> Provenance | None:
    return Provenance(kind=ProvenanceKind.default) if is_default(value, pointer, parameter) else None


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
        return _declared_derived(value, pointer, grounds, parameter, declared)
    return None


def _declared_user(value: Json, grounds: Grounds, quote: str) -> Provenance | None:
    found = find_value(quote, value, grounds.now)
    if found is None:
        return None
    for turn in _latest_first(grounds.turns):
        if quote in grounds.turns[turn] and find_value(grounds.turns[turn], value, grounds.now):
            return _user(turn, found)
    return None


def _declared_derived(
    value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None, declared: Grounding
) -> Provenance | None:
    """Return the proof by the declared formula; an input that is no plain value may be one in words."""
    formula = declared.formula or ""
    for read in (_input, partial(_spoken_input, formula)):
        parts = [read(text, grounds) for text in declared.inputs]
        sources = [part[0] for part in parts if part is not None]
        values = [part[1] for part in parts if part is not None]
        if len(sources) < len(parts) or not parts:
            continue
        if computes(formula, operands_of(formula, values, pointer, parameter), value):
            return Provenance(kind=ProvenanceKind.derived, formula=formula, inputs=sources, values=values)
    return None


def _spoken_input(formula: str, text: str, grounds: Grounds) -> tuple[Provenance, Json] | None:
    """Read an input that is said in words only this formula takes, else like any other."""
    for turn in _latest_first(grounds.turns):
        found = spoken_input(formula, text, grounds.turns[turn])
        if found is not None:
            said = Provenance(kind=ProvenanceKind.user, turn=turn, quote=text, normaliser=found.normaliser)
            return said, found.value
    return _input(text, grounds)


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
        turn = next((t for t in _latest_first(grounds.turns) if declared.quote in grounds.turns[t]), None)
        if turn is None or not may_be_choice(value, pointer, grounds, parameter):
            return None
        return Provenance(kind=ProvenanceKind.choice, turn=turn, quote=declared.quote)
    if declared.kind == "text" and text_problem(value, pointer, grounds, parameter) is None:
        return Provenance(kind=ProvenanceKind.text)
    return None
