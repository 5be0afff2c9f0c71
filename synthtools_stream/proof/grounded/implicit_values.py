"""Which arguments nobody said as they are, though they follow from what was said and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synthtools_stream.proof.worded.told_things import row_at
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.records.task import CONVERTED, Provenance, ProvenanceKind
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["implicit_kind"]

_DATED = ("add_days", "subtract_days")


def implicit_kind(
    proof: Provenance, responses: Sequence[JsonObject], is_id: Callable[[str], bool]
) -> ImplicitKind | None:
    """Return in what way an argument is implicit, given the answers so far and which texts are ids; None if it is not.

    That a thing is pointed at by "that booking" makes its id no implicit one: it is what was spoken of.
    """
    match proof.kind:
        case ProvenanceKind.user:
            return ImplicitKind.relative_date if proof.normaliser == "relative_date" else None
        case ProvenanceKind.derived if proof.formula == CONVERTED:
            return ImplicitKind.unit
        case ProvenanceKind.derived:
            return ImplicitKind.relative_date if proof.formula in _DATED else ImplicitKind.worked_out
        case ProvenanceKind.response:
            return ImplicitKind.carried_over if _is_of_another(proof, responses, is_id) else None
        case _:
            return None


def _is_of_another(proof: Provenance, responses: Sequence[JsonObject], is_id: Callable[[str], bool]) -> bool:
    """Say whether a value was told as what a thing has, and not as its own id."""
    step, pointer = proof.step, proof.pointer
    if step is None or pointer is None or not 0 <= step < len(responses):
        return False
    row = row_at(responses[step], pointer, is_id)
    if row is None:
        return False
    value = row.values.get(pointer.rpartition("/")[2])
    return not (isinstance(value, str) and is_id(value) and value == row.id)
