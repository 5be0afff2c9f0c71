"""Evolution: plans that fail, prefixes that are kept, and arguments that rest on the judge."""

from __future__ import annotations

import pytest

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.necessity import necessity
from synthtools_stream.records import Parameter, ProvenanceKind, ToolSequence
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.evolution.evolutionkit import (
    JUDGED_SAME,
    ORDER,
    STEPS,
    at_step,
    evolve,
    evolved,
    plan,
    stable,
    step_of,
)
from tests.stages.stagekit import GET, Player, part, problems_told, sequence, shown


async def test_blocked_plans_once_more() -> None:
    """A goal that the world cannot serve has the plan made once more, with the reason."""
    model = stable(evolver=at_step(1, {"blocked": "there is no free stall"}, times=3))
    task = await evolved(model, min_steps=1)
    assert len(task.steps) == 3
    assert model.calls["dialogue_planner"] == 2
    first, second = model.asked("dialogue_planner")
    assert shown(first, "problem") is None
    assert shown(second, "problem") == "step 1 (MoveHorse): there is no free stall"


async def test_blocked_twice_rejects() -> None:
    """A second plan that is blocked, too, ends it; a clean prefix that is long enough is kept."""
    blocked = at_step(1, {"blocked": "there is no free stall"}, times=99)
    model = stable(evolver=blocked)
    with pytest.raises(Rejection) as caught:
        await evolved(model)
    assert caught.value.reason == "not_evolved"
    assert "no free stall" in caught.value.detail
    assert (model.calls["dialogue_planner"], model.calls["evolver"]) == (2, 2 * (1 + 3))
    assert len((await evolved(stable(evolver=blocked), min_steps=1)).steps) == 1


def blocked_after(first: int, second: int) -> Player:
    """Return an evolver that finds the first plan's world blocked at one step, and the second's at another."""
    plans = 0

    def play_evolver(request: ChatRequest) -> JsonObject:
        nonlocal plans
        step = step_of(request)
        if step == 0 and not shown(request, "problems"):
            plans += 1
        return (
            evolve(request, blocked="there is no free stall") if step == (first, second)[plans - 1] else evolve(request)
        )

    return play_evolver


@pytest.mark.parametrize(("first", "second"), [(2, 1), (1, 2), (2, 0)])
async def test_longest_prefix_of_all_plans_is_kept(first: int, second: int) -> None:
    """A second plan that does worse than the first loses nothing: the longest clean prefix is the task."""
    model = stable(evolver=blocked_after(first, second))
    task = await evolved(model, min_steps=1)
    assert model.calls["dialogue_planner"] == 2
    assert len(task.steps) == max(first, second)
    assert part(task.final_state, "horses", "HO-1001", "stall_id") == "ST-13"


async def test_prefix_survives_an_unusable_plan() -> None:
    """Where the second plan is no plan at all, what the first one gave is kept."""
    wrong = plan("MoveHorse", "GetHorse", "RecordWeight")
    model = stable(dialogue_planner=[plan(*ORDER), wrong], evolver=blocked_after(2, 2))
    task = await evolved(model)
    assert [step.call.partition("(")[0] for step in task.steps] == ["GetHorse", "MoveHorse"]


async def test_clean_prefix_is_kept() -> None:
    """When the attempts at a step end, the steps before it are a task; tools and goals of the rest are dropped."""
    model = stable(evolver=at_step(2, {"user_turn": "Put its weight down."}, times=99))
    task = await evolved(model)
    assert [step.call.partition("(")[0] for step in task.steps] == ["GetHorse", "MoveHorse"]
    assert [tool.tool_name for tool in task.tools] == ["GetHorse", "MoveHorse"]
    assert [line.goal for line in task.dialogue] == ["have GetHorse done", "have MoveHorse done"]
    assert part(task.final_state, "horses", "HO-1001", "weight") == 480
    assert (model.calls["dialogue_planner"], model.calls["evolver"]) == (1, 2 + 3)


async def test_short_prefix_is_rejected() -> None:
    """A prefix that is too short is planned anew, then rejected."""
    model = stable(evolver=at_step(1, {"user_turn": "Move it."}, times=99))
    with pytest.raises(Rejection, match="ungrounded: /stall_id"):
        await evolved(model)
    assert model.calls["dialogue_planner"] == 2


async def test_step_that_tells_nothing_is_evolved_again() -> None:
    """A step that changes nothing and answers nothing is written again; a sequence of such is no task."""
    model = stable(["GetHorse", "GetHorse"], evolver=evolve_read, solver=solve_read)
    with pytest.raises(Rejection, match="changed nothing"):
        await evolved(model, sequence("GetHorse", "GetHorse"))
    assert "changed nothing" in str(shown(model.asked("evolver")[1], "problems"))


def _guarded() -> tuple[ToolSequence, JsonObject]:
    """Return the sequence with a rule about the weight, which the first step shows, and a plan that names the horse."""
    item, told = sequence(*ORDER), plan(*ORDER)
    rule = {"usage": "Only a horse whose weight is known is moved or weighed anew."}
    tools = [tool.model_copy(update=rule if tool.tool_name != "GetHorse" else {}) for tool in item.tools]
    goals: list[Json] = [{"tool_name": name, "goal": f"{name} for HO-1001"} for name in ORDER]
    return item.model_copy(update={"tools": tools}), {**told, "goals": goals}


CHECK: JsonObject = {"user_turn": "Have a look at HO-1001 and check its weight.", "answer": []}


async def test_step_that_guards_a_later_one_may_tell_nothing() -> None:
    """A read without an answer is kept where a rule of the next goal's tool rests on what it shows of that thing."""
    item, planned = _guarded()
    task = await evolved(stable(dialogue_planner=[planned], evolver=at_step(0, CHECK)), item)
    assert [bool(step.answer or step.changes) for step in task.steps] == [False, True, True]
    needs = necessity(task, replay(task))
    assert needs.unneeded == []
    assert [(guard.step, guard.guards, guard.attribute) for guard in needs.guards] == [(0, 1, "horses.weight")]


async def test_guard_of_a_step_that_never_came_is_dropped() -> None:
    """Where the step that a read would have guarded finds no version, the read is no part of the prefix."""
    item, planned = _guarded()
    order = ("MoveHorse", "GetHorse", "RecordWeight")
    item = item.model_copy(update={"order": [*order]})
    goals: list[Json] = [{"tool_name": name, "goal": f"{name} for HO-1001"} for name in order]
    scripted: list[tuple[str, JsonObject, list[Json]]] = [
        STEPS[1],
        ("Check the weight of HO-1001.", {"horse_id": "HO-1001"}, []),
        ("Put it down.", {}, []),
    ]

    def evolver(request: ChatRequest) -> JsonObject:
        turn, arguments, answer = scripted[step_of(request)]
        return {"user_turn": turn.replace("it to", "HO-1001 to"), "arguments": arguments, "answer": answer}

    def solver(request: ChatRequest) -> JsonObject:
        return {"reasoning": "", "tool_name": order[step_of(request)], "arguments": scripted[step_of(request)][1]}

    model = stable(dialogue_planner=[{**planned, "goals": goals}], evolver=evolver, solver=solver)
    task = await evolved(model, item, min_steps=1)
    assert [step.call.partition("(")[0] for step in task.steps] == ["MoveHorse"]


async def test_hidden_write_is_evolved_again() -> None:
    """A write that hides what an earlier step did is undone and written again; the tape forgets nothing."""
    order = ("MoveHorse", "GetHorse", "MoveHorse")
    moves: list[JsonObject] = [
        {"horse_id": "HO-1001", "stall_id": "ST-13"},
        {"horse_id": "HO-1001"},
        {"horse_id": "HO-1001", "stall_id": "ST-12"},
        {"horse_id": "HO-1002", "stall_id": "ST-11"},
    ]
    turns = ["Move HO-1001 to ST-13.", "What is it called?", "Make that ST-12.", "Move HO-1002 to ST-11."]
    writes: list[JsonObject] = [
        {"user_turn": turn, "arguments": move, "answer": [] if len(move) > 1 else ["/name"]}
        for turn, move in zip(turns, moves, strict=True)
    ]

    def follow(request: ChatRequest) -> JsonObject:
        move = moves[turns.index(str(shown(request, "user_turn")))]
        return {"reasoning": "", "tool_name": "MoveHorse" if len(move) > 1 else "GetHorse", "arguments": move}

    model = stable(order, evolver=writes, solver=follow)
    task = await evolved(model, sequence(*order))
    assert "do not overwrite" in str(shown(model.asked("evolver")[3], "problems"))
    assert [step.turn for step in task.steps] == [turns[0], turns[1], turns[3]]
    assert part(task.final_state, "horses", "HO-1001", "stall_id") == "ST-13"
    assert part(task.final_state, "horses", "HO-1002", "stall_id") == "ST-11"


def evolve_read(request: ChatRequest) -> JsonObject:
    """Ask for a horse and for nothing in particular."""
    return {"user_turn": "Look at HO-1001.", "arguments": {"horse_id": "HO-1001"}, "answer": []}


def solve_read(request: ChatRequest) -> JsonObject:
    """Look at the horse."""
    return {"reasoning": "", "tool_name": "GetHorse", "arguments": {"horse_id": "HO-1001"}}


async def test_bad_plan_is_told() -> None:
    """Goals in another order than the sequence are told; a lasting flaw rejects."""
    wrong = plan("MoveHorse", "GetHorse", "RecordWeight")
    model = stable(dialogue_planner=[wrong, plan(*ORDER)])
    await evolved(model)
    assert "in this order" in problems_told(model.asked("dialogue_planner")[1])[0]
    with pytest.raises(UnusableReply):
        await evolved(stable(dialogue_planner=[wrong]))


@pytest.mark.parametrize("grounded", [True, False])
async def test_choices_are_judged(grounded: bool) -> None:
    """A choice rests on the judge's word: with it the step stands, without it the evolver hears why."""
    full = Parameter(type="boolean", required=True, description="Whether to read everything.")
    tool = GET.model_copy(update={"parameters": {**GET.parameters, "full": full}})
    item = sequence("GetHorse", "GetHorse").model_copy(update={"tools": [tool]})
    arguments: JsonObject = {"horse_id": "HO-1001", "full": True}
    turn: JsonObject = {
        "user_turn": "Read out all there is on HO-1001.",
        "arguments": arguments,
        "grounding": [{"argument": "/full", "kind": "choice", "quote": "all there is"}],
        "answer": ["/name"],
    }
    word: JsonObject = {**JUDGED_SAME, "arguments": [{"argument": "/full", "grounded": grounded}]}
    model = stable(
        ["GetHorse", "GetHorse"],
        evolver=[turn],
        task_judge=[word],
        solver=lambda _: {**solve_read(_), "arguments": arguments},
    )
    if grounded:
        task = await evolved(model, item)
        assert task.steps[0].provenance["/full"].kind is ProvenanceKind.choice
        assert model.calls["task_judge"] == 2
    else:
        with pytest.raises(Rejection, match="the judge finds /full ungrounded"):
            await evolved(model, item)
