"""From a field to its subfields, and from each to its scenarios.

Ids are numbered by (subfield index, scenario index) and never by arrival, so that concurrency decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.quality.novelty import select_novel
from synthtools_stream.records import (
    FieldPlan,
    ScenarioPlan,
    SubfieldPlan,
)
from synthtools_stream.roles.generation_roles import (
    SCENARIO,
    SUBFIELD,
    ScenarioInput,
    SubfieldInput,
)
from synthtools_stream.wording.similarity import distinct

__all__ = ["Scenarios", "Subfields"]

MOST_CANDIDATES = 60
"""Names or sentences that one answer may hold, as the roles' prompts say."""


class Subfields:
    """One field into its subfields."""

    name = "generation.subfields"

    def __init__(
        self,
        count: int,
        oversample: int,
        resemble: Sequence[str] = (),
        avoid: Sequence[str] = (),
        most: Callable[[FieldPlan], int] | None = None,
    ) -> None:
        """Keep `count` subfields a field, of `oversample` times as many candidates.

        These resemble the one list and keep away from the other. `most` tells of a field how many it may have.
        """
        self._count = count
        self._most = most
        self._candidates = min(MOST_CANDIDATES, oversample * count)
        self._resemble = list(resemble)
        self._avoid = list(avoid)

    async def process(self, item: FieldPlan, context: Context) -> Sequence[SubfieldPlan]:
        """Ask once, filter, and keep the most different ones."""
        asked = SubfieldInput(field=item.field, count=self._candidates, resemble=self._resemble, avoid=self._avoid)
        reply = await context.ask(SUBFIELD, asked)
        kept = _choose(reply.subfields, self._count, self._avoid)
        if self._most is not None:
            kept = kept[: self._most(item)]
        return [
            SubfieldPlan(id=f"{item.id}/{index:02d}", field_slug=item.id, field=item.field, subfield=name, index=index)
            for index, name in enumerate(kept)
        ]


class Scenarios:
    """One subfield into its scenarios."""

    name = "generation.scenarios"

    def __init__(
        self,
        count: int,
        oversample: int,
        resemble: Sequence[str] = (),
        avoid: Sequence[str] = (),
        most: Callable[[SubfieldPlan], int] | None = None,
    ) -> None:
        """Keep `count` scenarios a subfield, of `oversample` times as many candidates.

        `most` tells of a subfield how many it may have.
        """
        self._count = count
        self._most = most
        self._candidates = min(MOST_CANDIDATES, oversample * count)
        self._resemble = list(resemble)
        self._avoid = list(avoid)

    async def process(self, item: SubfieldPlan, context: Context) -> Sequence[ScenarioPlan]:
        """Ask once, filter, and keep the most different ones."""
        asked = ScenarioInput(
            field=item.field,
            subfield=item.subfield,
            count=self._candidates,
            resemble=self._resemble,
            avoid=self._avoid,
        )
        reply = await context.ask(SCENARIO, asked)
        kept = _choose(reply.scenarios, self._count, self._avoid)
        if self._most is not None:
            kept = kept[: self._most(item)]
        first = item.index * self._count
        return [
            ScenarioPlan(
                id=f"{item.field_slug}_spec_{first + index:03d}",
                field=item.field,
                subfield=item.subfield,
                scenario=scenario,
            )
            for index, scenario in enumerate(kept)
        ]


def _choose(candidates: Sequence[str], count: int, avoid: Sequence[str]) -> list[str]:
    tidy = [" ".join(text.split()) for text in candidates]
    kept = select_novel(distinct([text for text in tidy if text], avoid), count)
    if not kept:
        raise Rejection("nothing_new", "every candidate was empty, a duplicate or to be avoided")
    return kept
