"""Check a recorded provenance: does it prove its value?"""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.proof.grounded.choices import may_be_choice
from synthtools_stream.proof.grounded.formulas import computes
from synthtools_stream.proof.grounded.free_text import text_problem
from synthtools_stream.proof.grounded.grounds import Grounds, leaf_name, parameter_of_leaf
from synthtools_stream.proof.grounded.spoken_inputs import SPOKEN_FORMS, spoken_input
from synthtools_stream.records.task import CONVERTED, Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.wording.unit_table import stated_unit
from synthtools_stream.wording.value_search import find_value

__all__ = ["is_default", "operands_of", "provenance_problem"]

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
            return None if is_default(value, pointer, parameter) else "it is not the parameter's default"
        case ProvenanceKind.derived:
            return _derived_problem(proof, value, pointer, grounds, parameter)
        case ProvenanceKind.choice:
            if not may_be_choice(value, pointer, grounds, parameter):
                return "only a boolean or an enum value may be a choice"
            return _quote_problem(proof, grounds)
        case ProvenanceKind.text:
            return text_problem(value, pointer, grounds, parameter)


def is_default(value: Json, pointer: str, parameter: Parameter | None) -> bool:
    """Say whether a value is what its parameter has where nobody says anything."""
    if parameter is None:
        return False
    rest = pointer[1:].partition("/")[2]
    try:
        default = resolve(parameter.default, f"/{rest}" if rest else "")
    except LookupError:
        default = None
    if default is None:
        leaf = parameter_of_leaf(pointer, parameter)
        default = leaf.default if leaf is not None else None
    return default is not None and same_json(value, default)


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


def _derived_problem(
    proof: Provenance, value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None
) -> str | None:
    inputs, values, formula = proof.inputs or [], proof.values or [], proof.formula or ""
    if not inputs or len(inputs) != len(values):
        return "its inputs and values do not go together"
    for part, item in zip(inputs, values, strict=True):
        if part.kind not in (ProvenanceKind.user, ProvenanceKind.response):
            return f"an input may not be of kind {part.kind}"
        problem = _input_problem(part, item, formula, grounds)
        if problem is not None:
            return f"input: {problem}"
    operands = operands_of(formula, values, pointer, parameter)
    return None if computes(formula, operands, value) else "the formula does not give the value"


def operands_of(formula: str, values: Sequence[Json], pointer: str, parameter: Parameter | None) -> list[Json]:
    """Return what a formula is given: its inputs' values, and where it converts the unit that the parameter states."""
    if formula != CONVERTED:
        return [*values]
    leaf = parameter_of_leaf(pointer, parameter)
    unit = stated_unit(leaf_name(pointer), leaf.description if leaf is not None else "")
    return [*values, unit.name if unit is not None else None]


def _input_problem(part: Provenance, value: Json, formula: str, grounds: Grounds) -> str | None:
    if part.normaliser is None or part.normaliser != SPOKEN_FORMS.get(formula):
        return provenance_problem(part, value, "", grounds, None)
    problem = _quote_problem(part, grounds) if _holds_only_its_fields(part) else "it lacks what it needs or holds more"
    if problem is not None:
        return problem
    found = spoken_input(formula, part.quote or "", grounds.turns[part.turn or 0])
    return None if found is not None and same_json(found.value, value) else "its quote does not say the value"
