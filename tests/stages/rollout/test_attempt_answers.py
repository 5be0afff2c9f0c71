"""Rollout: answers by slot, detours, and turns enough for both."""

from __future__ import annotations

from dataclasses import replace

from synthtools_stream.records import VerdictKind
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.rollout.test_attempt import ALL, CALLS, PLAIN, acting, attempt, call, final, model
from tests.stages.stagekit import shown


async def test_answers_by_slot() -> None:
    """In json mode the agent is told what is asked for, by name, and may tell it so; the row and the judge have it."""
    done = [call(*one) for one in CALLS]
    stable = model(acting(*done, {**final("Done."), "answers": {"name": "Alba"}}))
    made = await attempt(stable)
    assert (made.verdict.kind, made.answers) == (VerdictKind.solved, {"name": "Alba"})
    assert shown(stable.asked("agent_json")[0], "slots") == {"name": "name: a text"}
    assert shown(stable.asked("trajectory_judge")[0], "told_answers") == {"name": "Alba"}
    wrong = await attempt(model(acting(*done, {**final(), "answers": {"name": "Alba or Bella"}})))
    assert wrong.verdict.reasons == ["answers hold 'Alba or Bella' for name, not 'Alba'"]
    assert (await attempt(model(ALL))).answers is None


async def test_an_undone_write_decides_nothing() -> None:
    """Who changes too much and sets it right again has solved the task all the same; the detour is told."""
    moves = [call("MoveHorse", {**CALLS[1][1], "stall_id": stall}) for stall in ("ST-12", CALLS[1][1]["stall_id"])]
    made = await attempt(model(acting(call(*CALLS[0]), *moves, call(*CALLS[2]), final())))
    assert made.verdict.kind is VerdictKind.solved
    assert made.alignment.detours == [made.turns[1].call]


async def test_two_look_ups_a_call_fit() -> None:
    """The turns that an agent has are enough to look twice before each call."""
    looks = [call("GetHorse", {"horse_id": f"HO-100{1 + turn % 2}"}) for turn in range(6)]
    doing = [step for at, one in enumerate(CALLS) for step in (*looks[2 * at : 2 * at + 2], call(*one))]
    made = await attempt(model(acting(*doing, final())))
    assert (made.verdict.kind, len(made.turns)) == (VerdictKind.solved, 9)


async def test_a_dialogue_names_nothing_beforehand() -> None:
    """Said turn by turn, names would tell what is still to be asked: none is told, and none decides."""
    goodbye: JsonObject = {"message": "Thanks.", "done": True}
    stable = model(acting(*[call(*one) for one in CALLS], {**final(), "answers": {"horse": "Alba"}}), user=(goodbye,))
    made = await attempt(stable, replace(PLAIN, dialogue=True))
    assert shown(stable.asked("agent_json")[0], "slots") == {}
    assert (made.verdict.answers_given, made.answers) == (True, {"horse": "Alba"})
