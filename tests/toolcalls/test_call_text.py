"""Calls as text: what is written is read back, and nothing else is taken for a call."""

from __future__ import annotations

import keyword
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import BadCall
from synthtools_stream.toolcalls import (
    Call,
    called_tool,
    format_call,
    parse_call,
    same_call,
)
from synthtools_stream.values.jsontypes import Json
from tests.toolcalls.callkit import values

names = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,8}\Z") | st.sampled_from([*keyword.kwlist, "m/s", "größe", "ﬁ"])


@given(names, st.dictionaries(names, values, max_size=4))
def test_formatted_calls_parse_back(name: str, arguments: dict[str, Json]) -> None:
    """What is written is read again as the same call."""
    call = Call(name, arguments)
    assert same_call(parse_call(format_call(call)), call)


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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("calendar.create_event(city='Oslo')", "calendar.create_event"),
        ("get-weather(city='Oslo')", "get-weather"),
        ("[Get Weather(city='Oslo')]", "Get Weather"),
        ("Get Weather (city='Oslo')", "Get Weather"),
        ("[plain(city='Oslo')]", "plain"),
        ("files/read(city='Oslo')", "files/read"),
        ("天气查询(city='Oslo')", "天气查询"),
        ("from(city='Oslo')", "from"),
    ],
)
def test_calls_are_read_by_the_names_that_there_are(text: str, name: str) -> None:
    """A name may be anything, as long as a tool has it."""
    tools = ["a", "Get", "get", "files", "calendar", name]
    assert parse_call(text, tools) == Call(name, {"city": "Oslo"})


@pytest.mark.parametrize(
    "text",
    [
        "get-weather(city=os.system('x'))",
        "get-weather(city='Oslo').run(a=1)",
        "get-weather(city='Oslo')(a=1)",
        "get-weather(city='Oslo'), get-weather(city='Rome')",
        "[get-weather(city='Oslo'), get-weather(city='Rome')]",
        "get-weather('Oslo')",
        "get-weather",
        "post-weather(city='Oslo')",
        "[get-weather]",
        "[]",
    ],
)
def test_names_open_no_other_door(text: str) -> None:
    """One call of literals it must be, as ever."""
    with pytest.raises(BadCall):
        parse_call(text, ["get-weather"])


def test_called_tool() -> None:
    """Which tool a call of ours is of can be read off it, whatever the tool is called."""
    for name in ("GetKite", "get-kite", "kites.get", "from"):
        assert called_tool(format_call(Call(name, {"kite_id": "KI-1 (old)"}))) == name
