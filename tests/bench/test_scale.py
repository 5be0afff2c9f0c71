"""The simulation of many nodes: every hour is accounted for, and what is lost is what should be."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from synthtools_stream.bench.scale import Plan, main, simulate

SMALL = Plan(tasks=20_000, nodes=20, shards=100, fields=2_000)


def test_every_hour_is_accounted_for() -> None:
    """What the nodes did adds up to what they were there for."""
    spent = simulate(replace(SMALL, mtbf_h=2.0))
    assert spent.losses > 5
    assert sum(spent.hours.values()) == pytest.approx(SMALL.nodes * spent.makespan_h)


@pytest.mark.parametrize("mtbf_h", [1e9, 5.0, 1.0])
def test_no_work_is_lost_or_done_twice(mtbf_h: float) -> None:
    """However often nodes are lost, what becomes tasks is the same; of what was in flight, some is made again."""
    sure = simulate(replace(SMALL, mtbf_h=1e9))
    spent = simulate(replace(SMALL, mtbf_h=mtbf_h))
    assert spent.hours["useful"] == pytest.approx(sure.hours["useful"])
    assert (spent.hours.get("lost in flight", 0.0) > 0) == (mtbf_h < 1e9)
    assert spent.goodput <= sure.goodput


def test_the_same_seed_is_the_same_luck() -> None:
    """Another one is another."""
    plan = replace(SMALL, mtbf_h=2.0)
    assert simulate(plan, 1) == simulate(plan, 1)
    assert simulate(plan, 1) != simulate(plan, 2)


def test_one_shard_a_node_leaves_nodes_idle() -> None:
    """Fields fall into shards by chance: the largest shard is waited for, unless there are some to even it out."""
    few, more = (simulate(replace(SMALL, shards=count, mtbf_h=1e9, drain_s=0.0)) for count in (20, 200))
    assert few.hours["idle"] / sum(few.hours.values()) > 2 * more.hours["idle"] / sum(more.hours.values())


def test_told_by_shards(capsys: pytest.CaptureFixture[str]) -> None:
    """Each number of shards has a line, or an object."""
    assert main(("--tasks", "1000", "--nodes", "4", "--fields", "100", "--shards", "4,16", "--json")) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert {"node_hours_of_work", "4", "16"} == set(figures)
    assert 0 < figures["16"]["goodput"] <= 1
