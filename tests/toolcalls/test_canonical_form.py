"""The canonical form: one for all calls that mean the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.toolcalls import (
    Call,
    canonical,
    canonical_text,
    parse_call,
)
from synthtools_stream.values.jsontypes import Json
from tests.toolcalls.callkit import TOOL, values


def test_canonical_form_is_one() -> None:
    """Order, integral floats, defaults and optional nulls do not tell calls apart."""
    plain = canonical_text(parse_call("Order(price=2, sku='A', count=None, channel=null)"), TOOL)
    assert plain == "Order(sku='A', count=1, price=2.0, urgent=False)"
    assert canonical_text(parse_call("Order(sku='A', count=1.0, price=2.0)"), TOOL) == plain


@given(st.dictionaries(st.sampled_from([*TOOL.parameters, "other"]), values, max_size=5))
def test_canonical_is_idempotent(arguments: dict[str, Json]) -> None:
    """The canonical form of a canonical form is itself."""
    once = canonical(Call("Order", arguments), TOOL)
    assert canonical(once, TOOL) == once
    assert list(canonical(once, TOOL).arguments) == list(once.arguments)
