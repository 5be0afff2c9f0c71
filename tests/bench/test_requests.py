"""The requests benchmark: how a cost is told, and that a tiny run and a rollout of its tasks go through."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.__main__ import main
from synthtools_stream.bench.requests import Cost


def test_cost_is_shared_by_the_requests() -> None:
    """Seconds of a run become milliseconds a request; a run that asked nothing is not divided by nothing."""
    assert Cost(1.5, 3000).ms == 0.5
    assert Cost(0.0, 0).ms == 0.0


@pytest.mark.timeout(120)
def test_tiny_run_and_rollout(capsys: pytest.CaptureFixture[str]) -> None:
    """Both send requests, and what they and bare aiohttp cost is told."""
    assert main(("requests", "--json", "--fields", "2", "--rollouts", "1", "--concurrency", "8")) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert figures["run_requests"] > figures["rollout_requests"] > 0
    for key in ("run_ms_per_request", "rollout_ms_per_request", "bare_ms_per_request"):
        assert figures[key] > 0
