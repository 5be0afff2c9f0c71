"""Both agents name tools as servers take them, and the row holds what they saw, said and thought."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import orjson
import pytest

from stages.rollout.attempt import RolloutOptions
from synthtools_stream.chat.language_model import ChatReply, ToolCall
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.evolution.evolutionkit import STEPS, released
from tests.stages.rollout.test_attempt import CALLS, PLAIN, acting, attempt, call, final, model
from tests.stages.stagekit import part

ODD = "horses.get/one"
LEGAL = "horses_get_one"


async def odd_task() -> Task:
    """Return somebody's task with a tool whose name no server takes."""
    task = await released()
    tools = [
        tool.model_copy(update={"tool_name": ODD}) if tool.tool_name == "GetHorse" else tool for tool in task.tools
    ]
    calls = [orjson.dumps({"name": ODD, "arguments": STEPS[0][1]}).decode()]
    return task.model_copy(update={"tools": tools, "gt_tool_calls": calls, "certificate": None, "steps": []})


def action(mode: str, name: str) -> Answer:
    """Return a call of the tool under a name, as the agent of a mode makes it."""
    if mode == "json":
        return call(name, STEPS[0][1])
    return ChatReply(text="", tool_calls=(ToolCall("x", name, orjson.dumps(STEPS[0][1]).decode()),))


@pytest.mark.parametrize("name", [LEGAL, ODD])
@pytest.mark.parametrize("mode", ["json", "native"])
async def test_odd_names_go_out_legal_and_come_back(mode: Literal["json", "native"], name: str) -> None:
    """The agent may use either; what goes out and stands in messages is legal, and the turn has the row's own name."""
    options: RolloutOptions = replace(PLAIN, mode=mode)
    closing: Answer = final() if mode == "json" else "Done."
    made = await attempt(model(acting(action(mode, name), closing)), options, await odd_task())
    assert made.turns[0].decided_by == "simulator"
    assert part(orjson.loads(made.turns[0].call), "name") == ODD
    called: JsonObject = {"messages": [*made.messages], "tools": [*made.tools]}
    assert part(called, "messages", 2, "tool_calls", 0, "function", "name") == LEGAL
    assert LEGAL in [part(called, "tools", index, "function", "name") for index in range(len(made.tools))]
    assert made.alignment.match_rate == 1.0


@pytest.mark.parametrize("mode", ["json", "native"])
async def test_row_holds_what_the_agent_saw_and_thought(mode: Literal["json", "native"]) -> None:
    """The system message is the one it was given, with the time; thoughts of every kind stand apart from content."""
    if mode == "json":
        act = orjson.dumps({**call(*CALLS[0]), "reasoning": "Look first."}).decode()
        looking = ChatReply(text=f"<think>Which horse?</think>{act}", reasoning="Hm.")
        thought = "Hm.\nWhich horse?\nLook first."
    else:
        asked = ToolCall("x", CALLS[0][0], orjson.dumps(CALLS[0][1]).decode())
        looking = ChatReply(text="<think>Which horse?</think>", reasoning="Hm.", tool_calls=(asked,))
        thought = "Hm.\nWhich horse?"
    closing: Answer = {**final(), "reasoning": "Done."} if mode == "json" else "<think>Done.</think>Alba."
    stable = model(acting(looking, closing))
    made = await attempt(stable, replace(PLAIN, mode=mode))
    (first, *_) = stable.asked(f"agent_{mode}")
    given, now = first.messages[0].content, re.search("<now>.*</now>", str(first.messages[1].content))
    assert given
    assert now
    slots = '\n\n<slots>{"name":"name: a text"}</slots>' if mode == "json" else ""
    assert made.messages[0] == {"role": "system", "content": f"{given}\n\n{now[0]}{slots}"}
    assert [row["reasoning"] for row in made.messages if row["role"] == "assistant"] == [thought, "Done."]
    assert "<think>" not in str([row["content"] for row in made.messages[1:]])
