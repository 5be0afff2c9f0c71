"""Calls against their schema, in words that mend them."""

from __future__ import annotations

import pytest

from synthtools_stream.toolcalls import (
    Call,
    check_call,
    parse_call,
)
from tests.toolcalls.callkit import TOOL


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("sku='A'", None),
        ("sku='A', count=2.0, price=1", None),
        ("sku='A', channel=null", None),
        ("", "required parameter 'sku' is missing"),
        ("sku=null", "required parameter 'sku' must not be null"),
        ("sku='A', cuont=2", "unknown parameter 'cuont'; did you mean 'count'?"),
        ("sku=1", "parameter 'sku' must be a string, got the number 1"),
        ("sku='A', count='2'", "parameter 'count' must be an integer, got the string '2'"),
        ("sku='A', count=True", "parameter 'count' must be an integer, got the boolean true"),
        ("sku='A', count=2.5", "parameter 'count' must be an integer, got the number 2.5"),
        ("sku='A', count=0", "parameter 'count' must be at least 1, got 0"),
        ("sku='A', count=10", "parameter 'count' must be at most 9, got 10"),
        ("sku='A', most=2e6", "parameter 'most' must be at most 1234567, got 2000000.0"),
        ("sku='A', urgent=1", "parameter 'urgent' must be true or false, got the number 1"),
        ("sku='A', channel='rail'", "parameter 'channel' must be one of air, sea, got rail"),
        ("sku='A', lines=[{'sku': 'B'}, {'count': 1}]", "required property 'lines[1].sku' is missing"),
        ("sku='A', lines=[{'sku': 'B', 'count': 0}]", "property 'lines[0].count' must be at least 1, got 0"),
    ],
)
def test_schema_is_checked_in_words(arguments: str, problem: str | None) -> None:
    """Each way to break a schema has its own message; what fits passes."""
    assert check_call(parse_call(f"Order({arguments})"), TOOL) == ([problem] if problem else [])


def test_nonfinite_numbers_are_refused() -> None:
    """NaN passes no type check, whoever made the call."""
    assert check_call(Call("Order", {"sku": "A", "price": float("nan")}), TOOL)
