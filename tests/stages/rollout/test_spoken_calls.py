"""Calls that were written as text."""

from __future__ import annotations

import pytest

from stages.rollout.spoken_calls import spoken_calls

NAMES = {"Find", "Move"}
JSON = '{"name": "Find", "arguments": {"a": 1}}'


@pytest.mark.parametrize(
    "text",
    [
        f"<tool_call>{JSON}</tool_call>",
        f"I shall look. <tool_call>\n{JSON}",
        f"```json\n{JSON}\n```",
        f"[TOOL_CALLS][{JSON}]",
        '<|python_tag|>{"name": "Find", "parameters": {"a": 1}}',
        JSON,
        "Find(a=1)",
        "`Find(a=1)`",
        "[Find(a=1)]",
        '<function=Find>{"a": 1}</function>',
        'Let me look. <function=Find>\n{"a": 1}',
        '<tool_call>\n<function=Find>{"a": 1}</function>\n</tool_call>',
        '[TOOL_CALLS]Find[ARGS]{"a": 1}',
        '[TOOL_CALLS] Find {"a": 1}',
        '[TOOL_CALLS]Find[CALL_ID]abc123def[ARGS]{"a": 1}',
        (
            '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Find\n```json\n{"a": 1}\n```'
            "<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
        ),
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Find<｜tool▁sep｜>{"a": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        (
            '<|tool_calls_section_begin|><|tool_call_begin|>functions.Find:0<|tool_call_argument_begin|>{"a": 1}'
            "<|tool_call_end|><|tool_calls_section_end|>"
        ),
        f"<|tool_call|>[{JSON}]<|/tool_call|>",
        f"<|START_ACTION|>[{JSON}]<|END_ACTION|>",
        f"functools[{JSON}]",
        "<|python_tag|>Find.call(a=1)",
        "```tool_code\nFind(a=1)\n```",
    ],
)
def test_call_is_read(text: str) -> None:
    """Each family's form of one call is that call."""
    found = spoken_calls(text, NAMES)
    assert [(call.name, call.arguments) for call in found or []] == [("Find", {"a": 1})]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[Find(a=1), Move(b=2)]", 2),
        (f"{JSON}\n{JSON}", 2),
        ("<tool_call>{oops</tool_call>", 0),
        (f"<tool_call>{JSON}</tool_call><tool_call>oops", 0),
        (f"[{JSON},{JSON}]", 2),
        ('<function=Find>{"a": 1}</function><function=Move>{"b": 2}</function>', 2),
        ('<function=Find>{"a": 1}</function><function=Move>{"b":', 0),
        ('[TOOL_CALLS]Find[ARGS]{"a": 1}[TOOL_CALLS]Move[ARGS]{"b": 2}', 2),
        ("<tool_call><function=Find><parameter=a>1</parameter></function></tool_call>", 0),
        ("<function=Find>\n<parameter=a>\n1\n</parameter>\n</function>", 0),
        ("<tool_call>Find\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>", 0),
    ],
)
def test_several_or_torn(text: str, count: int) -> None:
    """Several calls are told as several, and a torn one as a call that nobody can read."""
    found = spoken_calls(text, NAMES)
    assert found is not None
    assert len(found) == count


@pytest.mark.parametrize(
    "text",
    [
        "I called Find(a=1) for you.",
        "Drop(a=1)",
        '{"a": 1}',
        "Done (at last).",
        "",
        "[1]",
        "The functools you asked for.",
    ],
)
def test_message_is_no_call(text: str) -> None:
    """Prose that tells of a call, and calls of what is no tool, are messages."""
    assert spoken_calls(text, NAMES) is None
