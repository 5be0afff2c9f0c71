"""Rows at once: in order, and none left running where one fails."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.programs.sandbox import SandboxMissing
from synthtools_stream.proof.side_by_side import side_by_side


async def test_results_keep_their_order() -> None:
    """Whoever ends first."""
    first = asyncio.Event()

    async def waiting() -> int:
        await first.wait()
        return 1

    async def going() -> int:
        first.set()
        return 2

    assert await side_by_side([waiting(), going()]) == [1, 2]


async def test_lost_sandbox_ends_all() -> None:
    """It is raised by itself, and the others are cancelled."""
    ended: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def losing() -> None:
        await asyncio.sleep(0)
        raise SandboxMissing("no worker")

    with pytest.raises(SandboxMissing, match="no worker"):
        await side_by_side([waiting(), losing()])
    assert ended == ["cancelled"]
