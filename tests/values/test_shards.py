"""Shards: how one is written, and that all of them are the whole."""

from __future__ import annotations

import pytest

from synthtools_stream.values.shards import Shard


@pytest.mark.parametrize("count", [1, 2, 7])
def test_parts_are_the_whole(count: int) -> None:
    """Each item is in exactly one part, and every part has its share."""
    held = [sum(Shard(number, count).holds(f"t{item}") for item in range(700)) for number in range(1, count + 1)]
    assert sum(held) == 700
    assert min(held) > 0.7 * 700 / count


def test_a_part_is_for_ever() -> None:
    """The same item is in the same part in every run, on every machine."""
    held = [item for item in range(8) if Shard.of("1/4").holds(f"horses_spec_{item:03d}_seq00")]
    assert held == [0, 1]
    assert Shard.of("2/8").holds("a_spec_001@1f0c9a3e_seq03") is Shard.of("2/8").holds("a_spec_001_seq03")


@pytest.mark.parametrize("text", ["", "2", "0/3", "4/3", "1/0", "a/b", "1/3/5", "-1/3", "1/1234567"])
def test_what_is_no_shard(text: str) -> None:
    """Is refused with an example."""
    with pytest.raises(ValueError, match="write 2/8"):
        Shard.of(text)


@pytest.mark.parametrize(
    ("text", "hint"), [("/16", "is the variable set"), ("", "is the variable set"), ("0/8", "count from 1")]
)
def test_what_is_likely_meant(text: str, hint: str) -> None:
    """An array's number that is not set, or counts from 0, is told as such: it must not run as another shard."""
    with pytest.raises(ValueError, match=hint):
        Shard.of(text)


def test_written_as_read() -> None:
    """A shard is written as it is read."""
    assert str(Shard.of("2/8")) == "2/8"
