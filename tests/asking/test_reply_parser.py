"""Finding the object that a model meant."""

from __future__ import annotations

import time

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from synthtools_stream.asking.reply_parser import MAX_TEXT, Unparsable, parse_object, refuse_several
from synthtools_stream.values.jsontypes import Json, JsonObject


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '  {"a": 1}\n',
        '```json\n{"a": 1}\n```',
        '```\n{"a": 1}\n```',
        'Here it is:\n```json\n{"a": 1}\n```\nI hope that {this} helps.',
        '```json\n{"a": 0}\n```\nBetter:\n```json\n{"a": 1}\n```',
        '```json\n{"a": 1}',
        '<think>maybe {"a": 0}?</think>{"a": 1}',
        'so {"a": 0} comes first</think>\n{"a": 1}',
        'The answer is {"a": 1}, since {b} holds.',
        'Use {name} and [x]: {"a": 1}',
        '{"a": 1}\n<tool_result>{"status_code": 200}</tool_result>',
        '[1] says {"a": 1}',
    ],
)
def test_finds_the_object(text: str) -> None:
    """The object is found whatever stands around it."""
    assert parse_object(text) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("I cannot do that.", "no JSON object"),
        ('[{"a": 1}]', "array"),
        ("see [1, 2]", "array"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 123456789012345678901234567890}', "too large"),
        ('{"a": 99999999999999999999}', "cannot be stored"),
        ('{"a": "\\ud800"}', "cannot be stored"),
        ("{'a': 1}", "not valid JSON"),
        ('{"a": 1,}', "not valid JSON"),
        ('{"a"400, "b": {}, "c": {"d": 1}}', "not valid JSON"),
        ('{"a": {"b": 1}', "unfinished"),
        ('{"a": "b', "unfinished"),
        ('{"a": tr', "unfinished"),
        ('{"a": 1} and {"b": ', "unfinished"),
        ('```json\n{"a": 1}\n```\n```json\n{"a": [1,', "unfinished"),
        ("<think>let me see", "reasoning"),
        ('{"a":' * 65 + "1" + "}" * 65, "nested deeper"),
        ('{"a":' + "[" * 100_000, "nested deeper"),
        (" " * (MAX_TEXT + 1), "characters long"),
    ],
)
def test_refuses_with_reason(text: str, reason: str) -> None:
    """What is no single finished, storable object is refused with a reason that names the fault."""
    with pytest.raises(Unparsable, match=reason):
        parse_object(text)


def test_accepts_greatest_depth() -> None:
    """Nesting of exactly 64 is allowed."""
    assert parse_object('{"a":' * 64 + "1" + "}" * 64)


def test_fences_inside_strings() -> None:
    """A fence inside a string of the object does not tear it."""
    text = 'Sure:\n```json\n{"text": "use ```code``` here"}\n```'

    assert parse_object(text) == {"text": "use ```code``` here"}


def test_tags_inside_strings() -> None:
    """A reasoning tag inside a string of the object is text like any other."""
    assert parse_object('Well, {"text": "a </think> b"}') == {"text": "a </think> b"}
    assert parse_object('{"text": "<think>x</think>"}') == {"text": "<think>x</think>"}


def test_newline_in_string() -> None:
    """A raw line break in a string is read as what it plainly means."""
    assert parse_object('{"a": "x\ny"}') == {"a": "x\ny"}


def test_hostile_text_is_quick() -> None:
    """Text made of openings alone costs no more than a moment."""
    started = time.perf_counter()
    for hostile in ('{"a":[' * 40_000, "{" * MAX_TEXT, '{"a" ' * 50_000, "```{" * 60_000):
        with pytest.raises(Unparsable):
            parse_object(hostile)

    assert time.perf_counter() - started < 5


SCALARS: st.SearchStrategy[Json] = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab{}[]"\\` ', max_size=3), inner),
    max_leaves=8,
)
OBJECTS: st.SearchStrategy[JsonObject] = st.dictionaries(st.text("xyz", min_size=1, max_size=3), VALUES, max_size=4)


@given(OBJECTS)
@example({"xx": {"```": None}, "x": {}})
def test_reads_what_is_written(value: JsonObject) -> None:
    """Any object comes back as it was written, bare, fenced or with words around it."""
    text = orjson.dumps(value).decode()

    assert parse_object(text) == value
    assert parse_object(f"Here:\n```json\n{text}\n```") == value
    assert parse_object(f"Here it is: {text} Done.") == value


@given(OBJECTS, st.floats(0, 1, exclude_max=True))
def test_cut_text_is_never_read(value: JsonObject, share: float) -> None:
    """No part of an object that was cut off passes for an answer, not even with a complete one before it."""
    text = orjson.dumps(value).decode()
    part = text[: 1 + int(share * (len(text) - 1))]

    for cut in (part, f'First {{"a": 1}}, then {part}'):
        with pytest.raises(Unparsable):
            parse_object(cut)


@pytest.mark.parametrize("form", ["```json\n{}\n{}\n```", "{} {}", "```\n{}\n```\n```\n{}\n```"])
def test_several_are_refused(form: str) -> None:
    """Several objects of one kind, fenced or not, are refused where one is to be done; one said twice is one."""
    one, other = '{"action": "call", "tool_name": "A"}', '{"action": "call", "tool_name": "B"}'
    both = form.replace("{}", one, 1).replace("{}", other, 1)
    with pytest.raises(Unparsable, match="exactly one"):
        refuse_several(both, parse_object(both))
    twice = form.replace("{}", one)
    refuse_several(twice, parse_object(twice))
