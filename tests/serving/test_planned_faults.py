"""Which faults are planned, how they are written down, and that nothing but the seed and the request decides them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from synthtools_stream.errors import ConfigError
from synthtools_stream.serving import FaultKind, FaultPlan, parse_faults
from tests.e2e.commands import model_server, rows, synthtools
from tests.faults.faultkit import FIELD, invoke, serving


def test_reads_shares() -> None:
    """Kinds have shares of their own; `all` spreads one over every kind."""
    assert parse_faults("429=0.2, reset=0.1") == {FaultKind.RATE_LIMIT: 0.2, FaultKind.RESET: 0.1}
    spread = parse_faults("all=0.2")
    assert set(spread) == set(FaultKind)
    assert sum(spread.values()) == pytest.approx(0.2)
    assert parse_faults("503=1") == {FaultKind.UNAVAILABLE: 1.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fire=0.1", "no kind 'fire'"),
        ("429", "KIND=SHARE"),
        ("429=x", "KIND=SHARE"),
        ("429=2", "from 0 to 1"),
        ("429=-0.1", "from 0 to 1"),
        ("429=nan", "from 0 to 1"),
        ("429=0.6,503=0.6", "more than 1"),
    ],
)
def test_refuses_other_plans(text: str, said: str) -> None:
    """Anything else is one clear line."""
    with pytest.raises(ConfigError, match=said):
        parse_faults(text)


def test_bad_plan_is_a_usage_error() -> None:
    """`serve-model` says what is wrong with a plan and exits with 2."""
    done = invoke("serve-model", "--port", "0", "--faults", "fire=0.1")
    assert done.exit_code == 2
    assert "429" in done.stderr
    assert "wrong-model" in done.stderr


async def test_order_decides_nothing(tmp_path: Path) -> None:
    """A request meets the same faults at its first, second, … send, whatever is asked in between."""
    kinds = [FaultKind.RATE_LIMIT, FaultKind.UNAVAILABLE, FaultKind.FAILURE]
    shares = dict.fromkeys(kinds, 0.25)
    seen: list[dict[tuple[int, int], int]] = []
    for number, order in enumerate((range(6), reversed(range(6)))):
        directory = tmp_path / str(number)
        directory.mkdir()
        async with serving(FaultPlan(shares, seed=3), directory) as server, aiohttp.ClientSession(server.url) as client:
            statuses: dict[tuple[int, int], int] = {}
            for asked in order:
                for send in range(4):
                    body = {"model": "?", "messages": [{"role": "user", "content": f"{asked}"}]}
                    async with client.post("/v1/chat/completions", json=body) as answer:
                        statuses[asked, send] = answer.status
            seen.append(statuses)
    assert seen[0] == seen[1]
    assert {429, 503, 500, 404} == set(seen[0].values())


async def test_a_stall_ends_with_its_client(tmp_path: Path) -> None:
    """A stalled answer holds nothing once its client has gone: the server can be stopped at once."""
    plan = FaultPlan({FaultKind.STALL: 1.0}, stall_s=600.0)
    async with asyncio.timeout(20), serving(plan, tmp_path) as server, aiohttp.ClientSession(server.url) as client:
        with pytest.raises(TimeoutError):
            await client.post("/v1/chat/completions", json={}, timeout=aiohttp.ClientTimeout(total=0.1))


def test_whole_commands(tmp_path: Path) -> None:
    """`serve-model --faults` and `run` against it, as a user would: the run ends well."""
    config = tmp_path / "hasty.toml"
    config.write_text("retry_delay_s = 0.01\nrequest_timeout_s = 1.0\n")
    with model_server("--faults", "all=0.2", "--stall-s", "0.1", "--drip-s", "0.1") as url:
        done = synthtools("run", config, "--field", FIELD, "--sequences", "1", "--server-url", url, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path, "trajectories.jsonl")
