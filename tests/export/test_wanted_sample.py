"""What is asked of the chosen tasks together, as the user writes it."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.wanted_sample import Dimension, WantedSample


def test_nothing_is_asked_by_default() -> None:
    """An export without a sample is what it was before there were any."""
    assert WantedSample().asked() == WantedSample.of(None, [], duplicates=True).asked() == {}


def test_quotas_are_read() -> None:
    """A number a value, or as evenly as it goes."""
    sampling = WantedSample.of(50, ["field=20", "variant=balanced"], duplicates=False)
    assert sampling.quotas == {Dimension.field: 20, Dimension.variant: None}
    assert sampling.asked() == {
        "sample": 50,
        "quotas": {"field": 20, "variant": "balanced"},
        "near_duplicates": False,
    }


@pytest.mark.parametrize("text", ["field", "field=", "field=0", "field=-1", "field=many", "colour=3", "=3", "field=²"])
def test_what_is_no_quota(text: str) -> None:
    """It is refused with what one looks like."""
    with pytest.raises(UsageError, match="write field=20 or field=balanced, once for each of field, pattern"):
        WantedSample.of(None, [text], duplicates=True)


def test_one_quota_a_dimension() -> None:
    """Two would contradict each other."""
    with pytest.raises(UsageError, match="once for each"):
        WantedSample.of(5, ["field=2", "field=3"], duplicates=True)


def test_an_even_part_of_nothing() -> None:
    """Balance needs a number."""
    with pytest.raises(UsageError, match="needs --sample"):
        WantedSample.of(None, ["field=balanced"], duplicates=True)
