"""Against a server that misbehaves, a run takes longer and nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import orjson
import pytest

from synthtools_stream.serving import FaultKind
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import row_sets
from tests.faults.faultkit import plan, run, serving

ATTEMPTS = 8


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Json]]:
    """The rows of a run that nothing disturbs."""
    out = tmp_path_factory.mktemp("faults") / "undisturbed"
    asyncio.run(run(out))
    return row_sets(out)


@pytest.mark.parametrize("kind", [*FaultKind, "all"])
async def test_same_rows(kind: FaultKind | str, undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """Every item is accounted for, the rows are those of an undisturbed run, and retries keep within their budget."""
    async with serving(plan(kind), tmp_path) as server:
        summary = await run(tmp_path / "run", server_url=[server.url], backend="http", request_timeout_s=0.3)

    assert summary.failed == 0
    assert row_sets(tmp_path / "run") == undisturbed
    done = {name: count for name, count in server.faults.done.items() if count}
    assert sum(done.values()) >= 10
    assert set(done) == {kind} or (kind == "all" and FaultKind.STALL in done)
    sends = Counter(orjson.loads(line)["digest"] for line in server.request_log.read_bytes().splitlines())
    assert max(sends.values()) <= ATTEMPTS
    assert sends.total() <= 1.5 * len(sends)
