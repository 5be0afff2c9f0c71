"""Let the inventor and the player converse, step by step, without any other part of the house."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from dataclasses import dataclass

from synthtools_stream.chat.language_model import Message
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play import PLAYS
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import Bench, invent, objects, shown, state_of

__all__ = ["Step", "after", "ask", "converse", "simulated"]


@dataclass(frozen=True)
class Step:
    """One step of a conversation: what the inventor wanted, what the solver found, and what the tool answered."""

    tool: JsonObject
    evolved: JsonObject
    solved: JsonObject
    answer: JsonObject


def ask(role: str, conversation: tuple[Message, ...] = (), **tags: Json) -> JsonObject:
    """Answer one role of the player."""
    return PLAYS[role](Job(dict(tags), random.Random(7), role, [], conversation))


def simulated(tool: JsonObject, state: JsonObject | None, arguments: Json, types: list[JsonObject]) -> JsonObject:
    """Play a call on what the tool may see of the state."""
    seen = shown(tool, state) if state is not None and "effects" in tool else state
    call: JsonObject = {"tool_name": tool["tool_name"], "arguments": arguments}
    return ask("simulator", tool=tool, entity_types=[*types], state=seen, call=call)


def after(state: JsonObject, changes: Json) -> JsonObject:
    """Return the state after changes; new entities get the next number of their collection."""
    new = deepcopy(state)
    for change in objects(changes):
        held = new.setdefault(str(change["collection"]), {})
        attributes = change["attributes"]
        assert isinstance(held, dict)
        assert isinstance(attributes, dict)
        if change["op"] == "delete":
            del held[str(change["id"])]
            continue
        name = _minted(held) if change["op"] == "create" else str(change["id"])
        kept = held.get(name, {})
        assert isinstance(kept, dict)
        held[name] = {**kept, **attributes}
    return new


def _minted(held: JsonObject) -> str:
    names = [*held] or ["N-1000"]
    number = max(int(re.sub(r"^.*-", "", name)) for name in names) + 1
    return f"{names[0].rpartition('-')[0]}-{number}"


def converse(made: Bench, order: list[str], seed: int) -> list[Step]:
    """Plan a conversation over the tools in `order`, and let it happen until a step is blocked."""
    plan = invent(
        "dialogue_planner",
        seed,
        scenario=made.scenario,
        entity_types=[*made.types],
        tools=[tool for tool in made.tools if tool["tool_name"] in order],
        order=[*order],
    )
    state = state_of(plan)
    dialogue: list[Json] = []
    steps: list[Step] = []
    for place, name in enumerate(order):
        tool = next(tool for tool in made.tools if tool["tool_name"] == name)
        tags: JsonObject = {"scenario": made.scenario, "persona": plan["persona"], "goals": plan["goals"]}
        evolved = invent(
            "evolver", seed + place, **tags, dialogue=dialogue, step=place, tool=tool, state=shown(tool, state)
        )
        if evolved.get("blocked"):
            break
        turn = evolved["user_turn"]
        solved = ask("solver", tools=[*made.tools], now=plan["now"], dialogue=dialogue, user_turn=turn)
        answer = simulated(tool, state, evolved["arguments"], made.types)
        if answer["status_code"] != 200:
            break
        before = {key: set(held) for key, held in state.items() if isinstance(held, dict)}
        state = after(state, answer["changes"])
        fresh = [name for key, held in state.items() if isinstance(held, dict) for name in set(held) - before[key]]
        response = _with_ids(answer["response"], fresh)
        steps.append(Step(tool, evolved, solved, {**answer, "response": response}))
        call = f"{name}({', '.join(f'{key}={value!r}' for key, value in _given(evolved).items())})"
        dialogue.append({"user": turn, "call": call, "status_code": 200, "response": response})
    return steps


def _given(evolved: JsonObject) -> JsonObject:
    arguments = evolved["arguments"]
    assert isinstance(arguments, dict)
    return arguments


def _with_ids(response: Json, fresh: list[str]) -> Json:
    if isinstance(response, dict):
        return {key: _with_ids(value, fresh) for key, value in response.items()}
    if isinstance(response, list):
        return [_with_ids(value, fresh) for value in response]
    return fresh[0] if response == "$new1" and fresh else response
