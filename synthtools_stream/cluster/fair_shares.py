"""What each shard of a run gets of what there is for the whole: servers, requests in flight, tasks and money.

Every server is asked by equally many shards, or one more, and takes its `concurrency` from all of them together; every
shard has two servers at least, so that it need not stand still when one is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from synthtools_stream.config import RunConfig
from synthtools_stream.config.key_groups import RoleServer
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.shards import Shard

__all__ = ["Servers", "servers_of", "share_of"]

_FEWEST = 2
"""Servers that a shard is given at least, where there are as many: the second takes over when the first is gone."""


class Servers(NamedTuple):
    """The servers of one shard."""

    urls: list[str]
    sharers: int
    """Shards that ask one of them, at most."""


def servers_of(urls: Sequence[str], shard: Shard) -> Servers:
    """Deal servers out: each shard gets the next ones, so that all are asked alike."""
    if not urls:
        return Servers([], 1)
    each = max(-(-len(urls) // shard.count), min(_FEWEST, len(urls)))
    first = (shard.number - 1) * len(urls) // shard.count
    own = [urls[(first + place) % len(urls)] for place in range(each)]
    return Servers(own, _most_sharers(len(urls), shard.count, each))


def _most_sharers(servers: int, shards: int, each: int) -> int:
    asked = [0] * servers
    for number in range(shards):
        for place in range(each):
            asked[(number * servers // shards + place) % servers] += 1
    return max(asked)


def share_of(config: RunConfig, shard: Shard) -> RunConfig:
    """Return the configuration of one shard: the same rows, and its share of servers and limits.

    :raises ConfigError: where a limit is too small to be shared.
    """
    operating = config.operating
    dealt = [servers_of(operating.server_url, shard), servers_of(operating.embeddings_servers, shard)]
    roles: dict[str, RoleServer] = {}
    for name, role in operating.role_servers.items():
        dealt.append(servers_of(role.server_url, shard))
        roles[name] = role.model_copy(update={"server_url": dealt[-1].urls})
    update = {
        "shard": str(shard),
        "takeover": True,  # the process that holds a shard's directory is one that was lost
        "server_url": dealt[0].urls,
        "embeddings_servers": dealt[1].urls,
        "role_servers": roles,
        "concurrency": max(1, operating.concurrency // max(servers.sharers for servers in dealt)),
        "max_tasks": _part("max_tasks", operating.max_tasks, shard),
        "token_budget": _part("token_budget", operating.token_budget, shard),
        "max_cost": None if operating.max_cost is None else operating.max_cost / shard.count,
    }
    return config.model_copy(update={"operating": operating.model_copy(update=update)})


def _part(name: str, whole: int | None, shard: Shard) -> int | None:
    if whole is None:
        return None
    part = whole // shard.count + (shard.number <= whole % shard.count)
    if not part:
        raise ConfigError(f"{name}: {whole} cannot be shared among {shard.count} shards; ask for fewer shards", name)
    return part
