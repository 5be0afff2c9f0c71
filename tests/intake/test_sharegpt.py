"""Conversations of `from` and `value`: LLaMA-Factory's speakers, hermes' tags, glaive's flat text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.intakekit import WEATHER, Row, as_text, imported, only


def said(*turns: tuple[str, str]) -> list[Row]:
    """Return a conversation."""
    return [{"from": speaker, "value": text} for speaker, text in turns]


OSLO = '{"name": "get_weather", "arguments": {"city": "Oslo"}}'
RAIN = '{"name": "get_weather", "content": {"sky": "rain"}}'
PYTHONS_BERGEN = "{'arguments': {'city': 'Bergen', 'days': None}, 'name': 'get_weather'}"
BERGEN = '{"name": "get_weather", "arguments": {"city": "Bergen"}}'


def test_speakers_of_llama_factory(tmp_path: Path) -> None:
    """Parallel calls are one list, and so are their answers; thoughts before a call are none of it."""
    row = {
        "conversations": said(
            ("human", "Oslo?"),
            ("function_call", f"<think>First one.</think>{OSLO}"),
            ("observation", '{"sky": "rain"}'),
            ("gpt", "Rain."),
            ("human", "And both?"),
            ("function_call", f"<think>Two.</think><tool_call>[{OSLO}, {BERGEN}]</tool_call>"),
            ("observation", '[{"sky": "rain"}, {"sky": "sun"}]'),
            ("gpt", "Rain and sun."),
        ),
        "system": "Be brief.",
        "tools": as_text([WEATHER["function"]]),
    }
    task = only(tmp_path, "sharegpt", row)
    assert task.summary == "Oslo?\n\nAnd both?"
    assert [(step.turn, step.response["sky"]) for step in task.steps] == [
        ("Oslo?", "rain"),
        ("And both?", "rain"),
        ("And both?", "sun"),
    ]


def test_one_list_as_the_answer_of_one_call(tmp_path: Path) -> None:
    """It is what the tool answered."""
    talk = said(("human", "Oslo?"), ("function_call", OSLO), ("observation", "[1, 2]"))
    task = only(tmp_path, "sharegpt", {"conversations": talk, "tools": [WEATHER]})
    assert task.steps[0].response == {"result": [1, 2]}


def test_tags_of_hermes(tmp_path: Path) -> None:
    """Calls as JSON or as Python prints it, tools in the system message, answers in tags, with the tool's name."""
    talk = said(
        (
            "system",
            f"Tools in <tools></tools> tags: <tools> {as_text([WEATHER])} </tools> Use {{}} of this schema: {OSLO}",
        ),
        ("human", "Compare Oslo and Bergen."),
        (
            "gpt",
            f"Both.\n<tool_call>\n{OSLO}\n</tool_call>\n<tool_call>\n{PYTHONS_BERGEN}\n</tool_call>",
        ),
        (
            "tool",
            f"<tool_response>\n{RAIN}\n</tool_response>\n<tool_response>\nno idea\n</tool_response>",
        ),
        ("gpt", "Rain, and no idea."),
    )
    row = {"id": "h", "conversations": talk, "category": "Weather", "task": "compare"}
    task = only(tmp_path, "sharegpt", row)
    assert (task.id, task.field, [tool.tool_name for tool in task.tools]) == ("h", "Weather", ["get_weather"])
    assert [step.response for step in task.steps] == [{"sky": "rain"}, {"result": "no idea"}]


def test_tags_in_openai_messages(tmp_path: Path) -> None:
    """Read as hermes' by who says so; what is only thought of is no call."""
    talk = [
        {"role": "user", "content": "Oslo?"},
        {
            "role": "assistant",
            "content": f"<think>Or <tool_call>{BERGEN}</tool_call>?</think><tool_call>{OSLO}</tool_call>",
        },
        {"role": "tool", "content": "<tool_response>rain</tool_response>"},
    ]
    task = only(tmp_path, "sharegpt", {"messages": talk, "tools": [WEATHER]})
    assert task.gt_tool_calls == ["get_weather(city='Oslo')"]
    assert task.steps[0].response == {"result": "rain"}


def test_answers_after_the_user_went_on(tmp_path: Path) -> None:
    """They are of the calls since then."""
    talk = said(("human", "Oslo?"), ("function_call", OSLO), ("human", "Bergen!"), ("function_call", OSLO))
    row: Row = {"conversations": [*talk, *said(("observation", "rain"))], "tools": [WEATHER]}
    assert only(tmp_path, "sharegpt", row).steps == []
    late = said(("human", "Oslo?"), ("function_call", OSLO), ("human", "Well?"), ("observation", "rain"))
    found = imported(tmp_path, "sharegpt", {"conversations": late, "tools": [WEATHER]})
    assert found.problems == ["1: message 4: a tool answers, and no call waits for it"]


GLAIVE = """USER: How is Oslo?


ASSISTANT: <functioncall> {"name": "get_weather", "arguments": '{"city": "Oslo"}'} <|endoftext|>


FUNCTION RESPONSE: {"sky": "rain"}


ASSISTANT: It rains. USER: is a word of mine. <|endoftext|>


USER: Thanks.


ASSISTANT: Welcome! <|endoftext|>"""


def test_flat_text_of_glaive(tmp_path: Path) -> None:
    """One text with all speakers, and tools as objects in the system message."""
    system = (
        f"SYSTEM: You have access to the following functions. Use them if required -\n{as_text(WEATHER['function'])}"
    )
    task = only(tmp_path, "sharegpt", {"system": system, "chat": GLAIVE})
    assert (task.summary, task.gt_tool_calls) == ("How is Oslo?", ["get_weather(city='Oslo')"])
    assert task.steps[0].response == {"sky": "rain"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<tool_call>{broken</tool_call>", "message 2: a call: not JSON: "),
        ("<tool_call>[1]</tool_call>", "message 2: a call has no name"),
        ("<tool_call>" + "[" * 5_000, "message 2: a call: not JSON: "),
        ("<tool_call>" + "[" * 180 + "]" * 180, "message 2: a call: nested too deep"),
        ("no call at all", "there is no tool call in it"),
    ],
)
def test_calls_that_are_none(tmp_path: Path, text: str, reason: str) -> None:
    """A call that cannot be read is never passed over: the ground truth would lack it."""
    found = imported(
        tmp_path, "sharegpt", {"conversations": said(("human", "Oslo?"), ("gpt", text)), "tools": [WEATHER]}
    )
    assert found.problems[0].startswith(f"1: {reason}")


@pytest.mark.parametrize(
    "system", ["[" * 100_000, "{" * 100_000, '{"name": ' * 50_000, "No tools here.", "<tools>" * 100_000]
)
def test_system_messages_that_tell_no_tools(tmp_path: Path, system: str) -> None:
    """They are given up soon."""
    row = {"conversations": said(("system", system), ("human", "Oslo?"), ("function_call", OSLO))}
    assert "there are no tools in it" in imported(tmp_path, "sharegpt", row).problems[0]


@pytest.mark.parametrize("text", ["<tool_call>", "<think>", "</think>", "<functioncall>", "\n", "<tool_response>"])
def test_many_marks_take_no_longer_than_they_are_many(tmp_path: Path, text: str) -> None:
    """Marks that are never closed are looked for once, in a text of a megabyte and in a flat conversation."""
    many = text * 100_000
    talk = said(("human", "Oslo?"), ("gpt", many), ("function_call", OSLO), ("tool", many))
    imported(tmp_path, "sharegpt", {"conversations": talk, "tools": [WEATHER]})
    found = imported(tmp_path, "sharegpt", {"chat": many, "system": many})
    assert found.problems == ["1: there is no tool call in it"]
