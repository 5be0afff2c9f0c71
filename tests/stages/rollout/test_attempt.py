"""Rollout: two modes, every way of ending, one tape a task, and the verdict beside the judge's word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, cast

import orjson
import pytest

from stages.rollout.attempt import Rollout, RolloutOptions, rollout_plans
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, ToolCall
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import (
    Fault,
    RolloutPlan,
    StopReason,
    Task,
    Trajectory,
    VerdictKind,
)
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.evolution.evolutionkit import STEPS, SUMMARY, released
from tests.stages.stagekit import Player, Stable, part, play, problems_told, shown

READING: JsonObject = {"reasoning": "", "solved": True, "confidence": 0.9}
CALLS: list[tuple[str, JsonObject]] = [
    ("GetHorse", STEPS[0][1]),
    ("MoveHorse", STEPS[1][1]),
    ("RecordWeight", STEPS[2][1]),
]
OTHER: tuple[str, JsonObject] = ("GetHorse", {"horse_id": "HO-1002"})


def call(name: str, arguments: Json) -> JsonObject:
    """Return the JSON action that calls a tool."""
    return {"reasoning": "", "action": "call", "tool_name": name, "arguments": arguments}


def final(message: str = "Alba has been moved.") -> JsonObject:
    """Return the JSON action that ends the conversation."""
    return {"reasoning": "", "action": "final", "message": message}


def acting(*actions: Answer) -> Callable[[ChatRequest], Answer]:
    """Return an agent that does these things in order, in every attempt; the last one for ever."""

    def act(request: ChatRequest) -> Answer:
        said = sum(message.role == "assistant" for message in request.messages)
        return actions[min(said, len(actions) - 1)]

    return act


def model(agent: Player, judge: Player = (READING,), simulator: Player = play, user: Player = ()) -> Stable:
    """Return a model whose agent does as told, in either mode."""
    return Stable(agent_json=agent, agent_native=agent, trajectory_judge=judge, simulator=simulator, user=user)


PLAIN = RolloutOptions(model="m")


async def attempt(stable: Stable, options: RolloutOptions = PLAIN, task: Task | None = None) -> Trajectory:
    """Roll out one attempt; its row can be read back."""
    plan = RolloutPlan(id="t#r0", task=task or await released(), attempt=0)
    (made,) = await Rollout(options).process(plan, stable.context(plan.id))
    assert Trajectory.from_json(made.to_json()) == made
    return made


ALL = acting(*[call(*one) for one in CALLS], final())


async def test_solved_by_ground_truth() -> None:
    """The ground truth's calls and the answer told solve the task; its own tape answers them all."""
    stable = model(ALL)
    made = await attempt(stable)
    assert (made.verdict.kind, made.stop_reason, made.alignment.match_rate) == (
        VerdictKind.solved,
        StopReason.answered,
        1.0,
    )
    assert dict(stable.calls) == {"agent_json": 4, "trajectory_judge": 1}
    assert (made.judge and made.judge.solved, made.disagreement) == (True, False)
    assert [turn.call.partition("(")[0] for turn in made.turns] == [name for name, _ in CALLS]


async def test_a_tool_that_is_none_costs_a_turn_only() -> None:
    """A call of a tool that does not exist is refused, and who goes on is an attempt like any other."""
    made = await attempt(model(acting(call("GetRider", {"id": "x"}), *[call(*one) for one in CALLS], final())))
    assert (made.verdict.kind, made.fault, made.turns[0].status_code) == (VerdictKind.solved, "", 400)
    assert made.alignment.match_rate == 1.0
    assert [turn.said for turn in made.turns] == [None] * 4, "understood as they were said"


async def test_row_tells_of_task_and_draw() -> None:
    """Its length and variant, the seed and how replies were drawn."""
    made = await attempt(model(ALL), replace(PLAIN, seed=7, sampling={"temperature": 0.2}))
    told = {name: made.meta[name] for name in ("length", "variant", "seed", "sampling")}
    assert told == {"length": 3, "variant": "base", "seed": 7, "sampling": {"temperature": 0.2}}
    assert made.fault is Fault.none


async def test_transcript_is_openai() -> None:
    """The row's messages are OpenAI messages with call ids of ours."""
    made = await attempt(model(ALL))
    assert [message["role"] for message in made.messages] == ["system", "user", *["assistant", "tool"] * 3, "assistant"]
    assert made.messages[1]["content"] == SUMMARY
    assert part(made.messages[2], "tool_calls", 0, "id") == made.messages[3]["tool_call_id"] == "call_0001"
    assert orjson.loads(str(made.messages[3]["content"]))["response"] == {"name": "Alba", "weight": 480}
    assert [part(tool, "function", "name") for tool in made.tools] == [name for name, _ in CALLS]


async def test_judge_sees_what_differs() -> None:
    """The judge is shown the entities that are not the same in all three states, and told so."""
    stable = model(acting(call(*CALLS[0]), call(*CALLS[1]), final()))
    await attempt(stable)
    (request,) = stable.asked("trajectory_judge")
    states = [shown(request, name) for name in ("initial_state", "expected_state", "final_state")]
    assert shown(request, "only_differences") is True
    assert [list(cast("JsonObject", part(state, "horses"))) for state in states] == [["HO-1001"]] * 3
    assert part(states[2], "horses", "HO-1001", "stall_id") != part(states[0], "horses", "HO-1001", "stall_id")


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        (acting(*[call(*one) for one in CALLS], final("Done.")), "does not tell 'Alba'"),
        (acting(call(*CALLS[0]), call(*CALLS[2]), final()), "stall_id"),
        (
            acting(
                *[call(*one) for one in CALLS], call("RecordWeight", {"horse_id": "HO-1002", "weight": 500}), final()
            ),
            "",
        ),
    ],
)
async def test_unsolved_in_spite_of_judge(agent: Player, reason: str) -> None:
    """An answer untold, a write left out or one too many is unsolved, whatever the judge says; they differ."""
    made = await attempt(model(agent))
    assert made.verdict.kind is VerdictKind.unsolved
    assert reason in "; ".join(made.verdict.reasons)
    assert made.disagreement is True


async def test_native_calls_at_once() -> None:
    """In native mode several calls of one turn are served in order; broken arguments are answered 400 by code."""

    def tool_call(name: str, arguments: str) -> ToolCall:
        return ToolCall("theirs", name, arguments)

    texts = [tool_call(name, orjson.dumps(arguments).decode()) for name, arguments in CALLS]
    first = ChatReply(text="", tool_calls=(texts[0], tool_call("GetHorse", "{oops")), finish_reason="tool_calls")
    second = ChatReply(text="Moving.", tool_calls=tuple(texts[1:]), finish_reason="tool_calls")
    stable = model(acting(first, second, "Alba has been moved."))
    made = await attempt(stable, replace(PLAIN, mode="native"))
    assert made.verdict.kind is VerdictKind.solved
    assert [(turn.status_code, turn.decided_by) for turn in made.turns][:2] == [(200, "simulator"), (400, "code")]
    assert (stable.calls["agent_native"], made.mode) == (3, "native")
    ids = [message["tool_call_id"] for message in made.messages if message["role"] == "tool"]
    assert ids == ["call_0001", "call_0002", "call_0003", "call_0004"]
    assert part(made.messages[2], "tool_calls", 1, "function", "arguments") == "{oops"
    last = stable.asked("agent_native")[-1]
    assert len(last.tools) == 3
    answered = [message.tool_call_id for message in last.messages if message.role == "tool"]
    assert answered == [one.id for message in last.messages for one in message.tool_calls]
    assert len(set(answered)) == 4


@pytest.mark.parametrize("mode", ["json", "native"])
async def test_thoughts_tell_nobody(mode: Literal["json", "native"]) -> None:
    """What only a thought tells was not told: the attempt is unsolved, and the judge is shown no thought of it."""
    closing = "<think>I must tell: it is Alba.</think>All done!"
    done = [ChatReply(text="", tool_calls=(ToolCall("t", n, orjson.dumps(a).decode()),)) for n, a in CALLS]
    spoken = [*done, closing] if mode == "native" else [*[call(*one) for one in CALLS], final(closing)]
    stable = model(acting(*spoken))
    made = await attempt(stable, replace(PLAIN, mode=mode))
    assert made.verdict.kind is VerdictKind.unsolved
    assert (made.messages[-1]["content"], made.messages[-1]["reasoning"]) == ("All done!", "I must tell: it is Alba.")
    (read,) = stable.asked("trajectory_judge")
    assert shown(read, "final_message") == "All done!"


async def test_several_actions_are_none() -> None:
    """Of several actions in one answer none is done: the agent is told, and answers again."""
    several = "```json\n" + "\n".join(orjson.dumps(call(*one)).decode() for one in CALLS) + "\n```"
    stable = model(acting(several, final()))
    made = await attempt(stable)
    assert (made.turns, made.stop_reason) == ([], StopReason.answered)
    assert "exactly one" in problems_told(stable.asked("agent_json")[1])[0]


async def test_stuck_agent_is_stopped() -> None:
    """The same call with the same result three times in a row ends the attempt."""
    made = await attempt(model(acting(call(*OTHER))))
    assert (made.stop_reason, len(made.turns)) == (StopReason.stuck, 3)


SPOKEN = '<tool_call>{"name": "GetHorse", "arguments": {"horse_id": "HO-1002"}}</tool_call>'


@pytest.mark.parametrize(
    ("answer", "stop", "asked"),
    [
        (ChatReply(text="It is Alb", finish_reason="length"), StopReason.cut, 2),
        (ChatReply(text="", finish_reason="content_filter"), StopReason.filtered, 2),
        (ChatReply(text="It is Alba.", finish_reason="content_filter"), StopReason.filtered, 1),
        (SPOKEN * 2, StopReason.call_as_text, 1),
        ("<tool_call>{oops</tool_call>", StopReason.call_as_text, 1),
        ("<think>It is Alba.", StopReason.unusable_reply, 2),
    ],
)
async def test_endings_without_answer(answer: Answer, stop: StopReason, asked: int) -> None:
    """A closing message that was cut, withheld, only thought, or is several calls in words, tells nobody anything."""
    stable = model(acting(answer))
    made = await attempt(stable, replace(PLAIN, mode="native"))
    assert (made.stop_reason, stable.calls["agent_native"]) == (stop, asked)
    assert (made.verdict.kind, made.verdict.answers_given) == (VerdictKind.unsolved, False)
    assert made.fault is (Fault.server if stop is StopReason.filtered else Fault.agent)


async def test_spoken_call_is_made() -> None:
    """One call in words is made, and goes back as a call; the row keeps the words."""
    stable = model(acting(SPOKEN, "Done."))
    made = await attempt(stable, replace(PLAIN, mode="native"))
    assert [turn.call for turn in made.turns] == ["GetHorse(horse_id='HO-1002')"]
    assert made.messages[2]["content"] == SPOKEN
    assert stable.asked("agent_native")[-1].messages[2].tool_calls[0].name == "GetHorse"


async def test_history_is_valid() -> None:
    """Torn arguments and illegal names go back as a server takes them, are answered 400, and stand in the row."""
    double = orjson.dumps('{"horse_id": "HO-1002"}').decode()
    first = tuple(ToolCall("t", n, a) for n, a in (("GetHorse", '{"a": '), ("Get Horse!", "[]"), ("GetHorse", double)))
    stable = model(acting(ChatReply(text="", tool_calls=first), "Done."))
    made = await attempt(stable, replace(PLAIN, mode="native"))
    assert [turn.status_code for turn in made.turns] == [400, 400, 200]
    assert [turn.said and (turn.said.name, turn.said.arguments) for turn in made.turns] == [
        ("GetHorse", '{"a": '),
        ("Get Horse!", "[]"),
        ("GetHorse", double),
    ]
    sent = stable.asked("agent_native")[-1].messages[2].tool_calls
    assert [one.name for one in sent][::2] == ["GetHorse", "GetHorse"]
    assert re.fullmatch(r"Get_Horse_[a-z0-9_]*", sent[1].name), "legal, and no tool's name"
    assert [orjson.loads(one.arguments) for one in sent] == [{}, {}, {"horse_id": "HO-1002"}]
    assert part(made.messages[2], "tool_calls", 0, "function", "arguments") == '{"a": '


async def test_calls_at_once_are_bounded() -> None:
    """Of very many calls at once the first few are made; the others are refused, and the agent is told."""
    many = tuple(ToolCall("t", "GetHorse", '{"horse_id": "HO-1002"}') for _ in range(200))
    made = await attempt(model(acting(ChatReply(text="", tool_calls=many), "Done.")), replace(PLAIN, mode="native"))
    assert [turn.status_code for turn in made.turns] == [200] * 8 + [400] * 192
    assert made.stop_reason is StopReason.answered


@pytest.mark.parametrize(("given", "turns"), [(None, 16), (2, 2)])
async def test_turns_are_bounded(given: int | None, turns: int) -> None:
    """An agent that never ends is stopped after the turns it is given, by default four for each call and four."""
    doing = [call("GetHorse", {"horse_id": f"HO-100{1 + turn % 2}"}) for turn in range(turns)]
    stable = model(acting(*doing))
    made = await attempt(stable, replace(PLAIN, max_turns=given))
    assert (made.stop_reason, len(made.turns), stable.calls["agent_json"]) == (StopReason.max_turns, turns, turns)
    assert (made.verdict.kind, stable.calls["trajectory_judge"]) == (VerdictKind.unsolved, 1)


@pytest.mark.parametrize(
    ("answer", "stop"),
    [("nonsense", StopReason.unusable_reply), (Rejection("context_overflow", "too long"), StopReason.context)],
)
async def test_broken_off_is_judged(answer: Answer, stop: StopReason) -> None:
    """Unusable replies and a full context end an attempt, which is judged like any other."""
    made = await attempt(model(acting(call(*CALLS[0]), answer)))
    assert (made.stop_reason, made.verdict.kind, len(made.turns)) == (stop, VerdictKind.unsolved, 1)


@pytest.mark.parametrize("fault", [TransportError("gone"), Rejection("refused", "bad key")])
async def test_other_faults_pass(fault: Exception) -> None:
    """A transport fault or a refused request is no attempt."""
    with pytest.raises(type(fault)):
        await attempt(model([fault]))


@pytest.mark.parametrize("at_once", [True, False])
async def test_attempts_share_tape(at_once: bool) -> None:
    """Equal calls in two attempts at one task are played once, at once or one after the other."""
    task, stable = await released(), model(acting(call(*OTHER), final()))
    stage = Rollout(PLAIN)
    plans = list(rollout_plans(task, 2))
    if at_once:
        made = [rows[0] for rows in await all_results(stage.process(plan, stable.context(plan.id)) for plan in plans)]
    else:
        made = [(await stage.process(plan, stable.context(plan.id)))[0] for plan in plans]
    assert stable.calls["simulator"] == 1
    assert stable.calls["agent_json"] == 4
    assert [trajectory.id for trajectory in made] == [f"{task.id}#r0", f"{task.id}#r1"]
    assert made[0].turns == made[1].turns
    assert part(made[0].meta, "usage", "requests") == part(made[1].meta, "usage", "requests") == 3


async def test_silent_judge() -> None:
    """A judge that is not wanted is not asked; one that says nothing usable has no reading."""
    unasked, silent = model(ALL), model(ALL, judge=["what?"])
    for stable, options in ((unasked, replace(PLAIN, judge=False)), (silent, PLAIN)):
        made = await attempt(stable, options)
        assert (made.judge, made.disagreement, made.verdict.kind) == (None, None, VerdictKind.solved)
    assert unasked.calls["trajectory_judge"] == 0


async def test_no_certificate_no_verdict() -> None:
    """Without a certificate an attempt is unproven and never differs from the judge, even on a task without states."""
    task = await released()
    bare = Task(
        **{name: getattr(task, name) for name in ("id", "field", "summary", "tools", "gt_tool_calls")},
        initial_state=None,
        final_state=None,
    )
    answer: JsonObject = {"status_code": 200, "response": {"name": "Alba", "weight": 1}}
    made = await attempt(model(acting(call(*CALLS[0]), final()), simulator=[answer]), task=bare)
    assert (made.verdict.kind, made.disagreement, made.final_state) == (VerdictKind.unproven, None, None)
    assert made.alignment.match_rate == pytest.approx(1 / 3, abs=1e-4)


async def test_mute_tool_answers_500() -> None:
    """Where the simulator finds no acceptable answer the agent is told 500 and goes on."""
    made = await attempt(model(acting(call(*OTHER), final()), simulator=["nonsense"]))
    assert (made.fault, made.meta["unplayed"]) == (Fault.tool, "simulator")
    assert [(turn.status_code, turn.call.partition("(")[0]) for turn in made.turns] == [(500, "GetHorse")]
    assert made.stop_reason is StopReason.answered
