"""What each shard gets: every server is asked alike, nothing of a limit is lost, and no row depends on it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.cluster.fair_shares import servers_of, share_of
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.shards import Shard


def all_of(count: int) -> list[Shard]:
    """Return all shards of so many."""
    return [Shard(number, count) for number in range(1, count + 1)]


@given(st.integers(1, 40), st.integers(1, 40))
def test_servers_are_asked_alike(servers: int, shards: int) -> None:
    """Each server has a shard, and none has many more than another; each shard has two, none of them twice."""
    urls = [f"http://gpu{number}" for number in range(servers)]
    dealt = [servers_of(urls, shard) for shard in all_of(shards)]
    asked = Counter(url for own in dealt for url in own.urls)
    assert asked.keys() == set(urls)
    assert max(asked.values()) - min(asked.values()) <= 2
    assert {own.sharers for own in dealt} == {max(asked.values())}
    assert all(len(own.urls) == len(set(own.urls)) >= min(2, servers) for own in dealt)


@given(st.integers(1, 9), st.integers(9, 500))
def test_limits_are_dealt_whole(shards: int, tasks: int) -> None:
    """The parts of a limit are the limit; content is the same in all."""
    prices = {"prompt": 1.0, "completion": 1.0}
    config = RunConfig.build({"max_tasks": tasks, "token_budget": tasks * 7, "max_cost": 9.0, "prices": {**prices}})
    parts = [share_of(config, shard) for shard in all_of(shards)]
    assert sum(part.operating.max_tasks or 0 for part in parts) == tasks
    assert sum(part.operating.token_budget or 0 for part in parts) == tasks * 7
    assert sum(part.operating.max_cost or 0 for part in parts) == pytest.approx(9.0)
    assert {part.content.digest() for part in parts} == {config.content.digest()}
    assert [part.operating.shard for part in parts] == [f"{number}/{shards}" for number in range(1, shards + 1)]
    assert all(part.operating.takeover for part in parts)


def test_requests_in_flight_of_a_server_are_shared() -> None:
    """Four shards at one server ask it as much as one run would; servers of roles and embeddings are dealt, too."""
    config = RunConfig.build(
        {
            "server_url": ["http://a"],
            "concurrency": 64,
            "roles": {"judge": {"server_url": ["http://b", "http://c"]}},
            "embeddings": {"server_url": ["http://d"]},
        }
    )
    part = share_of(config, Shard(3, 4)).operating
    assert (part.server_url, part.concurrency) == (["http://a"], 16)
    assert sorted(part.role_servers["judge"].server_url) == ["http://b", "http://c"]
    assert part.embeddings_servers == ["http://d"]
    assert share_of(RunConfig.build({"concurrency": 8}), Shard(1, 4)).operating.concurrency == 8, "no server is shared"


def test_too_little_to_share() -> None:
    """A limit that is less than the shards is refused: a shard cannot be asked for nothing."""
    with pytest.raises(ConfigError, match="max_tasks: 3 cannot be shared among 4 shards"):
        share_of(RunConfig.build({"max_tasks": 3}), Shard(4, 4))
