"""Which variants a proven task gets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.summarizing.variant_choice import VariantRates, variants_of
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.records import NearTool
from synthtools_stream.records.twist import VariantKind
from tests.proof.freight import NOTIFY
from tests.proof.variants.short_task import NEAR, ruled_task, short_task

BASE = short_task()
ALL = VariantRates(dict.fromkeys(VariantKind, 1.0), catalogue=16)


async def test_every_kind_that_can_be_made() -> None:
    """In the order of the kinds, each certified, with what its base's certificate seals."""
    async with open_sandbox(1) as sandbox:
        made = await variants_of(ruled_task(), NEAR, ALL, sandbox)
    assert [one.meta.variant for one in made] == [
        "distractors",
        "renamed_tools",
        "transient_error",
        "irrelevant_request",
        "forbidden_request",
    ]
    assert all(one.certificate is not None and one.certificate.digest for one in made)


async def test_rates_draw_by_lineage() -> None:
    """Nothing at 0; at a half some of many, the same ones each time, whichever run's part an id has."""
    assert await variants_of(BASE, NEAR, VariantRates({}), None) == []
    half = VariantRates({VariantKind.renamed_tools: 0.5})
    names = [f"a_spec_{number:03}_seq01" for number in range(40)]

    async def drawn(rates: VariantRates, part: str = "") -> list[bool]:
        tasks = [BASE.model_copy(update={"id": name.replace("_seq", f"{part}_seq")}) for name in names]
        return [bool(await variants_of(task, NEAR, rates, None)) for task in tasks]

    first = await drawn(half)
    assert 8 < sum(first) < 32
    assert await drawn(half, "@0123abcd") == first
    assert await drawn(replace(half, seed=1)) != first


async def test_without_a_sandbox_nothing_is_forbidden() -> None:
    """A refusal is the program's word, and nobody can ask it."""
    made = await variants_of(ruled_task(), NEAR, ALL, None)
    assert "forbidden_request" not in [one.meta.variant for one in made]


@pytest.mark.parametrize(("catalogue", "offered"), [(2, None), (3, 3), (16, 6)])
async def test_catalogue_bounds_what_is_offered(catalogue: int, offered: int | None) -> None:
    """Without room there is no such variant."""
    made = await variants_of(BASE, NEAR, VariantRates({VariantKind.distractors: 1.0}, catalogue), None)
    assert [len(one.tools) for one in made] == ([] if offered is None else [offered])


async def test_simulated_twins_do_not_distract() -> None:
    """What nobody can tell from a tool that is called is not offered; what writes elsewhere is."""
    twin = BASE.tools[1].model_copy(update={"tool_name": "ShiftBooking"})
    near = [NearTool(tool=twin), NearTool(tool=NOTIFY)]
    (made,) = await variants_of(BASE, near, VariantRates({VariantKind.distractors: 1.0}, 16), None)
    assert {tool.tool_name for tool in made.tools} == {"SearchVessels", "MoveBooking", "NotifyShipper"}
