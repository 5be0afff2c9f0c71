"""Which variants a proven task gets: drawn by its lineage, derived in code, and proven again.

A variant that cannot be made of a task, or does not prove, is left out: nobody asked for this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from synthtools_stream.errors import Rejection
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.proof.offered.twins import twin_problems
from synthtools_stream.proof.variants.distractors import distractors
from synthtools_stream.proof.variants.forbidden_request import altered_worlds, refused_in
from synthtools_stream.proof.variants.irrelevant_request import irrelevant_request
from synthtools_stream.proof.variants.missing_parameter import held_back, missing_parameter
from synthtools_stream.proof.variants.missing_tool import missing_tool
from synthtools_stream.proof.variants.renamed_tools import STYLES, renamed_tools, restyled
from synthtools_stream.proof.variants.transient_error import transient_error
from synthtools_stream.records import NearTool, Task, Tool
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.values.lineage_draw import draw

__all__ = ["NO_VARIANTS", "VariantRates", "variants_of"]

T = TypeVar("T")


@dataclass(frozen=True)
class VariantRates:
    """How many variants are made."""

    shares: Mapping[str, float]
    """Of each kind, the share of proven tasks from which one is derived, 0 to 1."""
    catalogue: int = 0
    """Tools that are offered at most where there are distractors."""
    seed: int = 0
    """Draws which tasks these are."""


NO_VARIANTS = VariantRates({})


async def variants_of(base: Task, near: Sequence[NearTool], rates: VariantRates, sandbox: Sandbox | None) -> list[Task]:
    """Return the certified variants of a certified task, in the order of their kinds.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    drawn = [kind for kind in VariantKind if draw(rates.seed, base.id, kind) < rates.shares.get(kind, 0)]
    if not drawn:
        return []
    source = _Source(base, replay(base), near, rates.catalogue, rates.seed)
    made = [await source.variant(kind, sandbox) for kind in drawn]
    return [certified for variant in made if variant is not None for certified in _certified(variant, base)]


def _certified(variant: Task, base: Task) -> Iterator[Task]:
    """Yield the variant with its certificate; what only was sealed in the base's holds of it, too."""
    proven = base.certificate
    assert proven is not None
    try:
        certificate = certify(variant, stability=proven.stability, reading=proven.reading)
    except Rejection:
        return
    yield variant.model_copy(update={"certificate": certificate})


class _Source:
    """A proven task and what its variants are made with."""

    def __init__(self, base: Task, replayed: Replay, near: Sequence[NearTool], catalogue: int, seed: int) -> None:
        self._base = base
        self._replayed = replayed
        self._tools = [one.tool for one in near]
        self._programs = {one.tool.tool_name: one.program for one in near if one.program}
        self._catalogue = catalogue
        self._seed = seed

    async def variant(self, kind: VariantKind, sandbox: Sandbox | None) -> Task | None:
        """Return the task's variant of a kind, not yet certified; None where there can be none."""
        base, replayed = self._base, self._replayed
        match kind:
            case VariantKind.distractors:
                return distractors(base, self._apart(), self._programs)
            case VariantKind.renamed_tools:
                style = self._one(STYLES, kind)
                return renamed_tools(base, replayed, restyled([tool.tool_name for tool in base.tools], style))
            case VariantKind.transient_error:
                return transient_error(base, self._one(replayed.calls, kind).name)
            case VariantKind.missing_tool:
                return missing_tool(base, replayed)
            case VariantKind.irrelevant_request:
                return irrelevant_request(base, replayed, self._tools, self._programs)
            case VariantKind.missing_parameter:
                pointers = held_back(base, replayed)
                return missing_parameter(base, replayed, self._one(pointers, kind)) if pointers else None
            case VariantKind.forbidden_request:
                worlds = altered_worlds(base, replayed)
                return await refused_in(base, replayed, worlds, sandbox) if sandbox is not None else None

    def _apart(self) -> list[Tool]:
        """Return the other tools that none could take for one which the task calls, as many as the catalogue holds."""
        room = max(0, self._catalogue - len(self._base.tools))
        apart = (tool for tool in self._tools if tool.tool_name in self._programs or not self._is_twin(tool))
        return list(islice(apart, room))

    def _is_twin(self, tool: Tool) -> bool:
        offered = self._base.model_copy(update={"tools": [*self._base.tools, tool]})
        return next(iter(twin_problems(offered, self._replayed)), None) is not None

    def _one(self, choices: Sequence[T], kind: VariantKind) -> T:
        return choices[int(draw(self._seed, self._base.id, f"{kind}.which") * len(choices))]
