"""Agent-Ark/Toucan-1.5M: both forms of its rows."""

from __future__ import annotations

from pathlib import Path

from tests.intake.intakekit import WEATHER, as_text, only

QUESTION = "How is the weather in Oslo, and in Bergen?"


def test_rows_with_available_tools(tmp_path: Path) -> None:
    """`function_call`, one a message, and the speaker `function`; the system message is markup of a model's own."""
    messages = [
        {"role": "system", "content": "<|im_system|>tool_declare<|im_middle|>[]<|im_end|>"},
        {"role": "user", "content": QUESTION},
        {
            "role": "assistant",
            "content": "First Oslo.",
            "reasoning_content": "hm",
            "function_call": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
        },
        {"role": "function", "name": "get_weather", "content": '{"sky": "rain"}'},
        {
            "role": "assistant",
            "content": "",
            "function_call": {"name": "get_weather", "arguments": '{"city":"Bergen"}'},
        },
        {"role": "function", "name": "get_weather", "content": "Error: no such city"},
        {"role": "assistant", "content": "Rain, and I do not know."},
    ]
    row = {
        "uuid": "ac0907b0-4f43",
        "subset_name": "single-turn-original",
        "messages": as_text(messages),
        "question": QUESTION,
        "available_tools": as_text([WEATHER]),
        "target_tools": "get_weather",
        "question_quality_assessment": "{}",
        "metadata": "{}",
    }
    task = only(tmp_path, "toucan", row)
    assert (task.id, task.summary) == ("ac0907b0-4f43", QUESTION)
    assert [step.response for step in task.steps] == [{"sky": "rain"}, {"result": "Error: no such city"}]


def test_rows_for_training(tmp_path: Path) -> None:
    """Speakers `tool_call` and `tool_response`; calls as Python prints them."""
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "tool_call", "content": "{'name': 'get_weather', 'arguments': '{\"city\": \"Oslo\"}'}"},
        {"role": "tool_response", "content": "rain"},
        {"role": "assistant", "content": "Rain."},
    ]
    row = {
        "uuid": "u",
        "question": QUESTION,
        "target_tools": '["get_weather"]',
        "tools": as_text([WEATHER]),
        "messages": as_text(messages),
    }
    assert only(tmp_path, "toucan", row).gt_tool_calls == ["get_weather(city='Oslo')"]
