"""Fields that nobody shipped, and tools that somebody else wrote: all that is known of them is their text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from synthtools_stream.chat.language_model import Message
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import bench, invent, objects, shown
from tests.embedded.play.playkit import after, ask, converse, simulated

OUTSIDE = [
    "Lighthouse Keeping", "Beekeeping", "Falconry", "Cheese Affinage", "Piano Tuning", "Ghost Tour Operations",
    "Submarine Cable Repair", "Antique Clock Restoration", "Truffle Hunting", "Chess Arbitration", "Puppet Theatre",
    "Ice Sculpture", "Cave Rescue", "Saffron Farming", "Paragliding School", "Coin Grading", "Perfume Making",
    "Bell Ringing", "Glacier Monitoring", "Stunt Coordination",
]  # fmt: skip
SAMPLES = Path(__file__).parents[1] / "data" / "samples" / "task_content.jsonl"
ROWS = [cast(JsonObject, json.loads(line)) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("field", OUTSIDE)
def test_outside_fields_are_played(field: str) -> None:
    """The simulator answers every probe of every tool with the status that the inventor expects of the same text."""
    made = bench(field, 11)
    seen = 0
    for seed, tool in enumerate(made.tools):
        probes = invent("probe", seed, tool=tool, state=shown(tool, made.state), per_mode=2)["probes"]
        for probe in objects(probes):
            answer = simulated(tool, made.state, probe["arguments"], made.types)
            assert answer["status_code"] == probe["expected_status"], (tool["tool_name"], probe)
            seen += 1
    assert seen > 3 * len(made.tools)


def test_outside_fields_are_solved() -> None:
    """Of the steps in fields that nobody shipped, the solver finds all but a few from the words alone."""
    right = steps = 0
    for field in OUTSIDE:
        made = bench(field, 12)
        names = [str(tool["tool_name"]) for tool in made.tools]
        for start in range(0, len(names) - 2, 3):
            for step in converse(made, names[start : start + 3], start + 1):
                steps += 1
                same = step.solved["arguments"] == step.evolved["arguments"]
                right += same and step.solved["tool_name"] == step.tool["tool_name"]
    assert steps > 100
    assert right >= 0.95 * steps


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_sample_calls_are_played(row: int) -> None:
    """Each call of a hand-made task succeeds in turn, and leaves the entities that the row's final state has."""
    task = ROWS[row]
    state, final = task["initial_state"], task["final_state"]
    tools = {str(tool["tool_name"]): tool for tool in objects(task["tools"])}
    for text in cast(list[str], task["gt_tool_calls"]):
        call = parse_call(text)
        known = state if isinstance(state, dict) else None
        answer = simulated(tools[call.name], known, {**call.arguments}, [])
        assert answer["status_code"] == 200, answer["error_message"]
        state = after(known, answer["changes"]) if known is not None else None
    if isinstance(state, dict) and isinstance(final, dict):
        assert {name: len(cast(JsonObject, held)) for name, held in state.items()} == {
            name: len(cast(JsonObject, held)) for name, held in final.items()
        }
        lasting = [name for name, held in cast(JsonObject, task["initial_state"]).items() if held]
        assert {name: state[name] for name in lasting} == {name: final[name] for name in lasting}


@pytest.mark.parametrize("row", [number for number, task in enumerate(ROWS) if task["summary"] != "(superseded)"])
def test_sample_requests_are_solved(row: int) -> None:
    """From a hand-made request alone the agent makes the row's calls, but for the wording of free texts."""
    task = ROWS[row]
    tools, state = objects(task["tools"]), task["initial_state"]
    conversation = [Message("user", "…")]
    made: list[tuple[str, JsonObject]] = []
    for _ in range(8):
        action = ask("agent_json", tuple(conversation), tools=[*tools], now="", request=task["summary"])
        if action["action"] != "call":
            break
        name, arguments = str(action["tool_name"]), cast(JsonObject, action["arguments"])
        tool = next(tool for tool in tools if tool["tool_name"] == name)
        answer = simulated(tool, state if isinstance(state, dict) else None, arguments, [])
        state = after(state, answer["changes"]) if isinstance(state, dict) else None
        made.append((name, arguments))
        shown_to_agent = json.dumps({"status_code": answer["status_code"], "response": answer["response"]})
        conversation += [
            Message("assistant", json.dumps(action)),
            Message("user", f"<tool_result>{shown_to_agent}</tool_result>"),
        ]
    wanted = [parse_call(text) for text in cast(list[str], task["gt_tool_calls"])]
    assert [name for name, _ in made] == [call.name for call in wanted]
    for (_, arguments), call in zip(made, wanted, strict=True):
        assert {key: arguments.get(key) for key in call.arguments if key != "text"} == {
            key: value for key, value in call.arguments.items() if key != "text"
        }


def test_sample_notice_tells_what_was_asked() -> None:
    """A text that the agent words itself holds the facts that the request speaks of, and no ids."""
    task = ROWS[0]
    dialogue: list[Json] = [
        {
            "user": "Look for a ship.",
            "call": "SearchVessels(destination='Rotterdam')",
            "status_code": 200,
            "response": {"vessels": [{"vessel_id": "V-81", "name": "Castor Bay", "eta": "2026-03-16"}]},
        }
    ]
    turn = "Email the shipper of booking BK-2041 the new vessel name and arrival date."
    solved = ask("solver", tools=task["tools"], now="", dialogue=dialogue, user_turn=turn)
    text = str(cast(JsonObject, solved["arguments"])["text"])
    assert "Castor Bay" in text
    assert "2026-03-16" in text
    assert "V-81" not in text
