"""Evolution: three calls a step when all goes well, and who is asked again when it does not."""

from __future__ import annotations

from typing import cast

import pytest

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import TransportError
from synthtools_stream.records import ProvenanceKind
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.evolution.evolutionkit import (
    JUDGED_OTHER,
    JUDGED_SAME,
    STEPS,
    at_step,
    evolved,
    solve,
    stable,
    step_of,
)
from tests.stages.stagekit import TYPES, WORLD, part, problems_told, shown


async def test_happy_path_costs_three_calls_a_step() -> None:
    """One plan, then evolver, solver and simulator once a step; no judge."""
    model = stable()
    await evolved(model)
    assert dict(model.calls) == {"dialogue_planner": 1, "evolver": 3, "solver": 3, "simulator": 3}


async def test_task_holds_together() -> None:
    """The task holds calls, steps, states, answer, dialogue and what it was made with."""
    task = await evolved(stable())
    assert task.id == "horses_spec_000_seq00"
    assert task.gt_tool_calls == [
        "GetHorse(horse_id='HO-1001')",
        "MoveHorse(horse_id='HO-1001', stall_id='ST-13')",
        "RecordWeight(horse_id='HO-1001', weight=495)",
    ]
    final = task.final_state or {}
    assert part(final, "horses", "HO-1001") == {"name": "Alba", "stall_id": "ST-13", "weight": 495}
    assert part(task.initial_state, "horses", "HO-1001", "weight") == 480
    assert [(value.step, value.pointer, value.value) for value in task.answer] == [(0, "/name", "Alba")]
    assert [line.turn for line in task.dialogue] == [turn for turn, _, _ in STEPS]
    provenance = task.steps[2].provenance
    assert provenance["/horse_id"].kind is ProvenanceKind.user
    assert (provenance["/horse_id"].turn, provenance["/weight"].quote) == (0, "495")
    meta = task.meta
    assert (meta.model, meta.prompts, meta.seed, meta.volatile) == ("m", "p", 5, ["stalls.note"])
    assert (meta.environment, meta.persona, meta.entity_types) == ("horses_spec_000", "A groom.", TYPES)
    assert (task.summary, task.certificate) == ("", None)


async def test_evolver_sees_state_solver_does_not() -> None:
    """The evolver is shown the tool's collections as they stand; the solver sees only tools and dialogue."""
    model = stable()
    await evolved(model)
    last = model.asked("evolver")[2]
    assert part(shown(last, "state"), "horses", "HO-1001", "stall_id") == "ST-13"
    assert "Nero" in str(last.messages)
    assert "Nero" not in str(model.asked("solver")[2].messages)
    assert shown(model.asked("solver")[2], "now") == WORLD["now"]


async def test_ungrounded_is_told() -> None:
    """An argument from nowhere is told to the evolver, which writes the step again."""
    model = stable(evolver=at_step(2, {"user_turn": "Put its weight down."}))
    task = await evolved(model)
    assert len(task.steps) == 3
    assert model.calls["evolver"] == 4
    problems = shown(model.asked("evolver")[3], "problems")
    assert isinstance(problems, list)
    assert "ungrounded: /weight" in str(problems[0])
    assert model.calls["solver"] == 3, "what is ungrounded is not solved"


async def test_other_words_are_told_and_counted() -> None:
    """A turn that says something else than its call is written again before anybody solves it."""
    model = stable(evolver=at_step(1, {"user_turn": "Don't move it to ST-13 before 5 May 2026, please."}))
    task = await evolved(model)
    problems = str(shown(model.asked("evolver")[2], "problems"))
    assert "turn 1 says '5 May 2026', which its call does not use" in problems
    assert "'n't', which nothing in its call heeds" in problems
    assert model.calls["solver"] == 3
    assert part(task.meta.usage, "refused") == {"negations": 1, "unused": 1}


async def test_other_call_is_judged() -> None:
    """A solver's other call goes to the judge; judged equivalent it is accepted, else the solver tries again."""
    other: JsonObject = {"horse_id": "HO-1001", "weight": 496}
    calls: list[int] = []

    def waver(request: ChatRequest) -> JsonObject:
        calls.append(step_of(request))
        return solve(request, arguments=other) if calls.count(2) == 1 and calls[-1] == 2 else solve(request)

    def insist(request: ChatRequest) -> JsonObject:
        return solve(request, arguments=other) if step_of(request) == 2 else solve(request)

    same = stable(solver=insist, task_judge=[JUDGED_SAME])
    assert (await evolved(same)).gt_tool_calls[2] == "RecordWeight(horse_id='HO-1001', weight=495)"
    assert (same.calls["task_judge"], same.calls["solver"]) == (1, 3)
    model = stable(solver=waver, task_judge=[JUDGED_OTHER])
    await evolved(model)
    assert (model.calls["task_judge"], model.calls["solver"], model.calls["evolver"]) == (1, 4, 3)


async def test_misunderstood_is_evolved_again() -> None:
    """A turn that is understood as something else is written again, with what it was understood as."""

    def astray(request: ChatRequest) -> JsonObject:
        return (
            solve(request, tool_name="GetHorse")
            if shown(request, "user_turn") == "Move it over to ST-13, please."
            else solve(request)
        )

    model = stable(evolver=at_step(1, {"user_turn": "Move it over to ST-13, please."}), solver=astray)
    await evolved(model)
    problems = shown(model.asked("evolver")[2], "problems")
    assert "understood as GetHorse(" in str(problems)
    assert (model.calls["solver"], model.calls["evolver"], model.calls["task_judge"]) == (5, 4, 0)


async def test_refused_call_is_evolved_again() -> None:
    """A call that the world answers with an error is told to the evolver; the world is as it was."""
    flaw: JsonObject = {
        "user_turn": "Move HO-1001 to ST-11.",
        "arguments": {"horse_id": "HO-1001", "stall_id": "ST-11"},
    }

    def follow(request: ChatRequest) -> JsonObject:
        asked = shown(request, "user_turn") == flaw["user_turn"]
        return solve(request, arguments=flaw["arguments"]) if asked else solve(request)

    model = stable(evolver=at_step(1, flaw), solver=follow)
    task = await evolved(model)
    assert "answered 400: SameStall" in str(shown(model.asked("evolver")[2], "problems"))
    assert len(task.steps) == 3


@pytest.mark.parametrize(
    ("flaw", "told"),
    [
        ({"user_turn": "Call GetHorse for HO-1001."}, "names the tool"),
        ({"user_turn": "  "}, "user_turn is empty"),
        ({"arguments": {"horse": "HO-1001"}}, "horse_id"),
    ],
)
async def test_bad_versions_are_repaired(flaw: JsonObject, told: str) -> None:
    """A turn that names the tool or says nothing, or a call that breaks the schema, is repaired at once."""
    model = stable(evolver=at_step(0, flaw))
    await evolved(model)
    assert told in problems_told(model.asked("evolver")[1])[0]


async def test_lost_pointers_are_named() -> None:
    """Pointers that lead to nothing are told, with those that lead to something."""
    model = stable(evolver=at_step(0, {"answer": ["/nowhere"]}))
    await evolved(model)
    [told] = cast("list[str]", shown(model.asked("evolver")[1], "problems"))
    assert "['/nowhere'] lead to no value of the response" in told
    assert "/name" in told.partition("these do:")[2]


async def test_transport_passes() -> None:
    """A transport fault is no verdict on the sequence."""
    with pytest.raises(TransportError):
        await evolved(stable(solver=[TransportError("gone")]))
