"""Rows of messages and tools, in the forms that trainers' files have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.intakekit import CANCEL, WEATHER, Row, as_text, call, imported, only

ASK: Row = {"role": "user", "content": "How is the weather in Oslo?"}
DONE: Row = {"role": "assistant", "content": "It rains.", "tool_calls": None}


def row(*messages: Row, tools: object = None) -> Row:
    """Return a row with an id."""
    return {"id": "w1", "messages": [*messages], "tools": [WEATHER, CANCEL] if tools is None else tools}


def asked(arguments: object) -> Row:
    """Return the assistant's message with one call."""
    return {"role": "assistant", "content": None, "tool_calls": [call("get_weather", arguments)]}


def answer(content: object, call_id: str = "call_1") -> Row:
    """Return a tool's message."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


@pytest.mark.parametrize("arguments", ['{"city": "Oslo"}', {"city": "Oslo"}, {"city": "Oslo", "days": None}])
def test_a_row_with_an_answer(tmp_path: Path, arguments: object) -> None:
    """Arguments may be text or an object; nobody is told a state, a certificate or an origin that is not there."""
    task = only(tmp_path, "openai", row(ASK, asked(arguments), answer('{"sky": "rain"}'), DONE))
    assert (task.id, task.field, task.summary) == ("w1", "", "How is the weather in Oslo?")
    assert [tool.tool_name for tool in task.tools] == ["get_weather", "cancel-order"]
    assert task.gt_tool_calls[0].startswith("get_weather(city='Oslo'")
    assert (task.initial_state, task.final_state, task.certificate, task.dialogue) == (None, None, None, [])
    assert not task.meta.is_brought
    (step,) = task.steps
    assert (step.turn, step.response) == ("How is the weather in Oslo?", {"sky": "rain"})


def test_columns_may_be_text_and_older_names(tmp_path: Path) -> None:
    """`messages` and `functions` as JSON text, `function_call` with a speaker `function`."""
    older: list[object] = [
        ASK,
        {
            "role": "assistant",
            "content": None,
            "function_call": {"name": "get_weather", "arguments": '{"city":"Oslo"}'},
        },
        {"role": "function", "name": "get_weather", "content": "rain"},
    ]
    tools: list[object] = [WEATHER["function"]]
    task = only(tmp_path, "openai", {"messages": as_text(older), "functions": as_text(tools)})
    assert task.id == "rows-1"
    assert task.gt_tool_calls == ["get_weather(city='Oslo')"]
    assert task.steps[0].response == {"result": "rain"}


def test_parallel_calls_keep_their_order(tmp_path: Path) -> None:
    """Answers go to the calls that they name, in whatever order they come."""
    both: Row = {
        "role": "assistant",
        "tool_calls": [call("get_weather", {"city": "Oslo"}, "a"), call("get_weather", {"city": "Bergen"}, "b")],
    }
    task = only(tmp_path, "openai", row(ASK, both, answer('{"sky": "sun"}', "b"), answer('{"sky": "rain"}', "a")))
    assert task.gt_tool_calls == ["get_weather(city='Oslo')", "get_weather(city='Bergen')"]
    assert [step.response for step in task.steps] == [{"sky": "rain"}, {"sky": "sun"}]


def test_several_turns(tmp_path: Path) -> None:
    """A step has what was said since the calls before; what no call follows is in no request."""
    more: list[Row] = [
        {"role": "assistant", "content": "Which order?"},
        {"role": "user", "content": "Order A1."},
        {"role": "assistant", "content": "", "tool_calls": [call("cancel-order", {"order_id": "A1"}, "c")]},
        answer("done", "c"),
        {"role": "user", "content": "Thanks!"},
    ]
    first: Row = {"role": "user", "content": "Cancel my order, too."}
    task = only(tmp_path, "openai", row(ASK, asked({"city": "Oslo"}), answer("rain"), DONE, first, *more))
    assert task.summary == "How is the weather in Oslo?\n\nCancel my order, too.\n\nOrder A1."
    assert [step.turn for step in task.steps] == ["How is the weather in Oslo?", "Cancel my order, too.\n\nOrder A1."]
    assert [(line.step, line.turn) for line in task.dialogue] == [
        (0, "How is the weather in Oslo?"),
        (1, "Cancel my order, too."),
        (1, "Order A1."),
    ]


def test_steps_are_there_for_all_calls_or_none(tmp_path: Path) -> None:
    """An answer that was not recorded is not made up."""
    task = only(tmp_path, "openai", row(ASK, asked({"city": "Oslo"}), answer("rain"), asked({"city": "Bergen"})))
    assert (len(task.gt_tool_calls), task.steps) == (2, [])


def test_contents_in_parts(tmp_path: Path) -> None:
    """LLaMA-Factory's newer form: texts, thoughts and calls as parts; a tool's whole messages as what it answered."""
    said: Row = {"tool_call_id": "x", "name": "get_weather", "content": "{'sky': 'rain', 'wind': None}"}
    task = only(
        tmp_path,
        "openai",
        row(
            {
                "role": "user",
                "content": [{"type": "text", "value": "The weather, "}, {"type": "text", "text": "please."}],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "value": "I call it."},
                    {"type": "tool_call", "value": '{"name": "get_weather", "arguments": {"city": "Oslo"}}'},
                ],
            },
            {"role": "tool", "content": [{"type": "text", "value": as_text([said])}]},
        ),
    )
    assert task.summary == "The weather, please."
    assert task.gt_tool_calls == ["get_weather(city='Oslo')"]


def test_speakers_of_ms_swift(tmp_path: Path) -> None:
    """One message a call, and one an answer."""
    task = only(
        tmp_path,
        "openai",
        row(
            ASK,
            {"role": "tool_call", "content": '{"name": "get_weather", "arguments": {"city": "Oslo"}}'},
            {"role": "tool_call", "content": '{"name": "get_weather", "arguments": {"city": "Bergen"}}'},
            {"role": "tool_response", "content": "rain"},
            {"role": "tool_response", "content": "[1, 2]"},
        ),
    )
    assert [step.response for step in task.steps] == [{"result": "rain"}, {"result": [1, 2]}]


def test_markup_is_text(tmp_path: Path) -> None:
    """What looks like a call in a text is none, and what a terminal would obey is kept."""
    ask: Row = {"role": "user", "content": '<tool_call>{"name": "x"}</tool_call> [bold]\x1b[31m</user>'}
    fake: Row = {"role": "assistant", "content": '<tool_call>{"name": "cancel-order"}</tool_call>'}
    task = only(tmp_path, "openai", row(ask, fake, asked({"city": "<b>Oslo</b>"})))
    assert task.summary == ask["content"]
    assert task.gt_tool_calls == ["get_weather(city='<b>Oslo</b>')"]


def test_tools_of_the_file_serve_rows_without(tmp_path: Path) -> None:
    """A row's own come first."""
    bare = {"messages": [ASK, asked({"city": "Oslo"})], "tools": None}
    assert imported(tmp_path, "openai", bare).problems == ["1: there are no tools in it (--tools names a file of them)"]
    assert len(only(tmp_path, "openai", bare, tools=[WEATHER]).tools) == 1


def test_answers_with_a_status(tmp_path: Path) -> None:
    """As our own attempts tell them: the status is the step's, the rest its response."""
    answers = ['{"status_code": 200, "response": {"sky": "rain"}}', '{"status_code": 404, "error_message": "NotFound"}']
    messages = [part for text in answers for part in (asked({"city": "Oslo"}), answer(text))]
    steps = only(tmp_path, "openai", row(ASK, *messages)).steps
    assert [(step.status_code, step.response) for step in steps] == [
        (200, {"sky": "rain"}),
        (404, {"error_message": "NotFound"}),
    ]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([ASK, DONE], "there is no tool call in it"),
        ([asked({"city": "Oslo"})], "no turn of a user stands before its calls"),
        ([ASK, asked("{city: Oslo}")], "message 2: the arguments of get_weather: not JSON: "),
        ([ASK, asked([1])], "message 2: the arguments of get_weather are no object"),
        ([ASK, answer("rain")], "message 2: a tool answers, and no call waits for it"),
        ([ASK, {"role": "narrator", "content": "x"}], "message 2: its speaker is unknown: 'narrator'"),
        ([ASK, {"role": "assistant", "tool_calls": [{}]}], "message 2: a call has no name"),
        ([ASK, {"role": "assistant", "tool_calls": [call("fly", {})]}], "gt_tool_calls[0]: tool 'fly' is not among"),
        ([ASK, "hello"], "messages holds what is no object"),
        ({"role": "user"}, "messages is no list"),
        ("[", "column messages is text that is not JSON: "),
        (None, "there is no tool call in it"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, messages: object, reason: str) -> None:
    """One line each, which names the place."""
    found = imported(tmp_path, "openai", {"messages": messages, "tools": [WEATHER]})
    assert found.tasks == []
    assert found.problems[0].startswith(f"1: {reason}")


@pytest.mark.parametrize("tools", ["[", [{"description": "no name"}], [WEATHER, WEATHER], {"a": 1}, ["get_weather"]])
def test_tools_that_are_none(tmp_path: Path, tools: object) -> None:
    """They are told as tools."""
    found = imported(tmp_path, "openai", row(ASK, asked({"city": "Oslo"}), tools=tools))
    assert "tools" in found.problems[0]


def test_deep_answers_stay_text(tmp_path: Path) -> None:
    """A row must be readable again, however deep its answers are."""
    deep = "[" * 400 + "]" * 400
    task = only(tmp_path, "openai", row(ASK, asked({"city": "Oslo"}), answer(deep)))
    assert task.steps[0].response == {"result": deep}


def test_large_rows(tmp_path: Path) -> None:
    """Long texts are kept whole; arguments of more than a checker can look at are told."""
    long: Row = {"role": "user", "content": "Oslo " * 200_000}
    task = only(tmp_path, "openai", row(long, asked({"city": "Oslo"}), answer("x" * 2_000_000)))
    assert len(task.summary) == 999_999
    many: list[object] = [*range(10_000)]
    found = imported(tmp_path, "openai", row(ASK, asked({"city": many})))
    assert found.problems == ["1: gt_tool_calls[0]: arguments hold more than 5000 values"]
