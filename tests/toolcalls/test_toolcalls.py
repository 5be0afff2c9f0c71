"""Calls: parse, canonical form, format, check."""

from __future__ import annotations

import keyword
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import BadCall
from synthtools_stream.records import Parameter, Tool
from synthtools_stream.toolcalls import (
    Call,
    adopt_tool,
    canonical,
    canonical_text,
    check_call,
    format_call,
    openai_function,
    parse_call,
    same_call,
)
from synthtools_stream.values.jsontypes import Json, canonical_json, same_json

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,8}\Z") | st.sampled_from([*keyword.kwlist, "m/s", "größe", "ﬁ"])

TOOL = Tool(
    tool_name="Order",
    tool_description="Order things.",
    usage="At most 9.",
    parameters={
        "sku": Parameter(type="string", required=True),
        "count": Parameter(type="integer", default=1, minimum=1, maximum=9),
        "price": Parameter(type="float"),
        "urgent": Parameter(type="boolean", default=False),
        "channel": Parameter(type="string", enum=["air", "sea"]),
        "most": Parameter(type="float", maximum=1_234_567),
        "lines": Parameter(
            type="array",
            items=Parameter(
                type="object",
                properties={
                    "sku": Parameter(type="string", required=True),
                    "count": Parameter(type="integer", minimum=1),
                },
            ),
        ),
    },
)


@given(names, st.dictionaries(names, values, max_size=4))
def test_formatted_calls_parse_back(name: str, arguments: dict[str, Json]) -> None:
    """What is written is read again as the same call."""
    call = Call(name, arguments)
    assert same_call(parse_call(format_call(call)), call)


@given(values, values)
def test_canonical_bytes_mean_sameness(a: Json, b: Json) -> None:
    """Two values have the same canonical bytes exactly when they are the same."""
    assert (canonical_json(a) == canonical_json(b)) == same_json(a, b)


@given(st.text(max_size=60))
def test_any_text_is_call_or_problem(text: str) -> None:
    """No text does anything but parse or be refused."""
    with suppress(BadCall):
        assert parse_call(text).name


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("T(a=1, b='x')", {"a": 1, "b": "x"}),
        ("T(a=-1.5, b=true, c=null, d=False)", {"a": -1.5, "b": True, "c": None, "d": False}),
        (" T(a=[1, {'k': (2, 3)}]) ", {"a": [1, {"k": [2, 3]}]}),
        ('{"name": "T", "arguments": {"a": 1}}', {"a": 1}),
        ('{"name": "T", "arguments": "{\\"a\\": 1}"}', {"a": 1}),
        ('{"tool_name": "T"}', {}),
        (r"T(a='\d')", {"a": r"\d"}),
    ],
)
def test_both_notations_are_read(text: str, arguments: dict[str, Json]) -> None:
    """Call expressions and JSON calls are read alike."""
    assert parse_call(text) == Call("T", arguments)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("T(1)", "positional"),
        ("T(**{'a': 1})", "**"),
        ("T(a=b)", "bare name b"),
        ("T(a=NaN)", "bare name NaN"),
        ("T(a=1e999)", "finite"),
        ("T(a=99999999999999999999)", "64 bits"),
        ("os.system(a=1)", "named plainly"),
        ("T(a=f'{x}')", "not a literal"),
        ("T(a=__import__('os'))", "not a literal"),
        ("T(a=1, a=2)", "twice"),
        ("T(a={1: 2})", "dict key"),
        ("T(a={**b})", "dict key"),
        ("T(a=1+1)", "not a literal"),
        ("T(a=b'x')", "not a literal"),
        (r"T(a='\ud800')", "Unicode"),
        ("T(a=1", "not a call"),
        ("T", "not a call"),
        ("T(a=" + "[" * 17 + "]" * 17 + ")", "deep"),
        ("T(a=" + "-" * 90_000 + "1)", ""),
        ("T(a=" + "[" * 40_000 + ")", ""),
        ("T(a=[" + "1," * 6000 + "])", "more than"),
        ("T(a='" + "x" * 100_001 + "')", "longer"),
        ('{"name": "T", "arguments": [1]}', "object"),
        ('{"name": "T", "arguments": {"a": NaN}}', "JSON"),
        ('{"arguments": {}}', "name"),
    ],
)
def test_other_things_are_refused_precisely(text: str, reason: str) -> None:
    """Whatever is no call of literals is refused, and the reason is told."""
    with pytest.raises(BadCall, match="bad_call") as caught:
        parse_call(text)
    assert reason in caught.value.detail


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


def test_function_definition_holds_schema_and_rules() -> None:
    """Agents in native mode see parameters, requirements and usage."""
    function = openai_function(TOOL)["function"]
    assert isinstance(function, dict)
    assert function["description"] == "Order things.\nAt most 9."
    parameters = function["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["required"] == ["sku"]
    assert isinstance(parameters["properties"], dict)
    assert parameters["properties"]["price"] == {"type": "number"}


def test_foreign_tools_are_adopted() -> None:
    """An OpenAI function definition becomes a tool like ours, nested requirements included."""
    source = openai_function(TOOL)
    adopted = adopt_tool(source)
    assert adopted.parameters["lines"].items == TOOL.parameters["lines"].items
    assert adopted.parameters["sku"].required
    assert not adopted.parameters["count"].required
    assert adopt_tool(TOOL.to_json()) == TOOL
