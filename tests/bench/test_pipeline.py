"""How the pipeline benchmark divides a run, and that a tiny one goes through."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.__main__ import main
from synthtools_stream.bench.pipeline import SOURCE, Look, Seen, shares
from synthtools_stream.values.jsontypes import object_at


def test_steady_time_lies_between() -> None:
    """Ramp ends when all slots are taken, the tail begins when the source closes; each look counts until the next."""
    looks = [Look(0, 0), Look(1, 2), Look(2, 4), Look(3, 3), Look(4, 4), Look(5, 1), Look(6, 0)]
    found = shares(Seen(looks, {SOURCE: 4.0}), 4)
    assert (found.ramp_s, found.steady_s, found.tail_s, found.span_s) == (1, 2, 1, 4)
    assert found.steady == (4 + 3) / 2 / 4
    assert found.whole == (2 + 4 + 3 + 4) / 4 / 4
    assert found.tail == 1


def test_server_that_was_never_full() -> None:
    """Where the slots were never all taken there is no steady time."""
    found = shares(Seen([Look(0, 0), Look(1, 2), Look(2, 1)]), 4)
    assert found.steady is None


def test_idle_server() -> None:
    """A run that asked nothing has no shares."""
    assert shares(Seen([Look(0, 0)]), 4).span_s == 0


@pytest.mark.timeout(120)
def test_tiny_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    """A run of one environment against a served model gives busy shares and calls a tool and a step."""
    arguments = ("pipeline", "--json", "--environments", "1", "--slots", "8", "--decode-tps", "100000", "--no-barriers")
    assert main(arguments) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert {"steady_share", "ramp_s", "tail_s", "whole_share", "first_proven_task_s"} <= set(figures)
    calls = object_at(figures, "calls")
    assert {"per_tool", "per_step", "per_rollout", "all"} <= set(calls)
    assert isinstance(calls["all"], int)
    assert calls["all"] > 0
