"""Parts by environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import UsageError
from synthtools_stream.export.split import Split


@given(st.sets(st.text("abc", max_size=4)), st.integers(0, 9))
def test_every_environment_is_in_one_part(environments: set[str], seed: int) -> None:
    """None is lost, none is empty without need, and order decides nothing."""
    split = Split.of("train=0.8,dev=0.1,test=0.1", seed)
    parts = split.parts(environments)
    assert parts.keys() == environments
    assert parts == split.parts(sorted(environments, reverse=True))
    assert len(set(parts.values())) == min(3, len(environments))


def test_shares_are_kept() -> None:
    """As near as whole environments come."""
    names = [str(number) for number in range(100)]
    parts = list(Split.of("train=0.9,test=0.1", 1).parts(names).values())
    assert (parts.count("train"), parts.count("test")) == (90, 10)
    assert Split.of("train=0.9,test=0.1", 1).parts(names) != Split.of("train=0.9,test=0.1", 2).parts(names)


@pytest.mark.parametrize("text", ["", "train", "train=2", "train=0.5,test=0.4", "../x=1", "a=0.5,a=0.5", "a=nan"])
def test_what_is_no_split(text: str) -> None:
    """One line that shows how it is written."""
    with pytest.raises(UsageError, match="--split"):
        Split.of(text, 0)
