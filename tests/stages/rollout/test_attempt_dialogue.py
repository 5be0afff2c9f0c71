"""Rollout in a planned dialogue: code says what is planned, a model answers what is not, and nobody knows too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Effects, Fault, OutputField, Parameter, StopReason, Task, Tool, VerdictKind
from synthtools_stream.records.dialogue import ActKind, DialogueAct
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.trajectory import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.evolution.evolutionkit import STEPS, released
from tests.stages.rollout.test_attempt import CALLS, PLAIN, acting, attempt, call, final, model
from tests.stages.stagekit import Player, Stable, problems_told, shown

DIALOGUE = replace(PLAIN, dialogue=True)
TURNS = [turn for turn, _, _ in STEPS]
HELD = DialogueAct(
    kind=ActKind.held_back,
    pointer="/stall_id",
    opening="Move it to another stall, please.",
    reply="Which stall does it move to?",
    reveal="To ST-13.",
)
CHAT = DialogueAct(kind=ActKind.chat, opening="Thanks so far.", reply="You are welcome.")


def heard(made: Trajectory) -> list[Json]:
    """Return what the user said."""
    return [message["content"] for message in made.messages if message["role"] == "user"]


async def planned(act: DialogueAct, line: int = 1) -> Task:
    """Return the three-step task with an act in one line."""
    task = await released()
    lines = [*task.dialogue]
    lines[line] = lines[line].model_copy(update={"act": act})
    return task.model_copy(update={"dialogue": lines})


async def test_planned_dialogue() -> None:
    """The turns are said one after the other, each once the agent has closed the one before; no model is asked."""
    steps = [call(*CALLS[0]), final("It is Alba."), call(*CALLS[1]), final("Moved."), call(*CALLS[2]), final("Noted.")]
    stable = model(acting(*steps))
    made = await attempt(stable, DIALOGUE)
    assert heard(made) == TURNS
    assert (made.verdict.kind, made.stop_reason) == (VerdictKind.solved, StopReason.answered)
    assert (stable.calls["user"], made.meta["dialogue"]) == (0, True)


async def test_held_value_is_told_when_asked() -> None:
    """Not before, and not to one who asks for something else."""
    doing = [
        call(*CALLS[0]),
        final("It is Alba."),
        final("To which stall?"),
        call(*CALLS[1]),
        final("Moved. Anything else?"),
    ]
    stable = model(acting(*doing, call(*CALLS[2]), final("Noted.")))
    made = await attempt(stable, DIALOGUE, await planned(HELD))
    assert heard(made) == [TURNS[0], HELD.opening, HELD.reveal, TURNS[2]]
    assert (made.verdict.kind, stable.calls["user"]) == (VerdictKind.solved, 0)


async def test_held_value_is_kept_from_who_does_not_ask() -> None:
    """Who guesses, or gives up, is told nothing."""
    stable = model(acting(call(*CALLS[0]), final("It is Alba."), final("I cannot do that."), final("Fine.")))
    made = await attempt(stable, DIALOGUE, await planned(HELD))
    assert heard(made) == [TURNS[0], HELD.opening, TURNS[2]]


async def test_nobody_thanks_for_nothing() -> None:
    """Small talk comes before its turn, but not where the line before it came to nothing."""
    task = await planned(CHAT)
    polite = model(acting(call(*CALLS[0]), final("It is Alba."), final("You are welcome."), final("Fine.")))
    assert heard(await attempt(polite, DIALOGUE, task)) == [TURNS[0], CHAT.opening, TURNS[1], TURNS[2]]
    idle = model(acting(final("I do not know."), final("Fine.")))
    assert heard(await attempt(idle, DIALOGUE, task)) == TURNS


@pytest.mark.parametrize(("moves", "said"), [(True, 3), (False, 2)])
async def test_user_does_not_go_on_about_what_never_happened(moves: bool, said: int) -> None:
    """A line that rests on what a call should have told is not said where that call was never made well."""
    task = await released()
    told = Provenance(kind=ProvenanceKind.response, step=1, pointer="/horse_id")
    last = task.steps[2].model_copy(update={"provenance": {**task.steps[2].provenance, "/horse_id": told}})
    task = task.model_copy(update={"steps": [*task.steps[:2], last]})
    second = [call(*CALLS[1])] if moves else []
    made = await attempt(
        model(acting(call(*CALLS[0]), final("It is Alba."), *second, final("Hm."), final("Fine."))), DIALOGUE, task
    )
    assert heard(made) == TURNS[:said]
    assert (made.stop_reason, made.fault) == (StopReason.answered, Fault.agent)


def talking(*lines: str) -> Player:
    """Return a user who says these lines, one for each request."""
    said: list[Answer] = [{"message": line} for line in lines]
    return said


def asking(*told: str) -> Stable:
    """Return a model whose agent asks what nobody planned, and then says these things."""
    return model(acting(final("Which horse is that?"), *map(final, told), final("Fine.")), user=talking("HO-1001."))


async def test_unforeseen_question() -> None:
    """A model answers it, and is shown what was said and may be told, and nothing that is still to come."""
    stable = asking("So be it.")
    made = await attempt(stable, DIALOGUE, await planned(HELD, 1))
    assert heard(made)[:3] == [TURNS[0], "HO-1001.", HELD.opening]
    (request,) = stable.asked("user")
    assert (shown(request, "turns"), shown(request, "hidden")) == ([TURNS[0]], [])


async def test_questions_without_end() -> None:
    """Two questions about a line are answered; then the user goes on."""
    stable = model(acting(final("Which one?")), user=talking("HO-1001."))
    made = await attempt(stable, DIALOGUE)
    assert heard(made)[:4] == [TURNS[0], "HO-1001.", "HO-1001.", TURNS[1]]
    assert stable.calls["user"] == 6


async def test_user_knows_what_was_said() -> None:
    """A user who names what only a tool told is told so and speaks again."""
    stable = model(
        acting(call("GetHorse", {"horse_id": "HO-9"}), final("Which horse?"), final("Fine.")),
        user=talking("The one called Alba.", "HO-1001, as I said."),
    )
    made = await attempt(stable, DIALOGUE)
    assert heard(made)[:2] == [TURNS[0], "HO-1001, as I said."]
    (told,) = problems_told(stable.asked("user")[1])
    assert "the user cannot know these" in told
    assert "['Alba']" in told


@pytest.mark.parametrize("line", ["Call MoveHorse for me.", "What about alba?"])
async def test_user_who_knows_too_much_ends_it(line: str) -> None:
    """Where the user goes on to name what no user can know, the conversation is over, and judged as it stands."""
    stable = model(acting(final("Which one?")), user=talking(*[line] * 9))
    made = await attempt(stable, DIALOGUE)
    assert heard(made) == [TURNS[0]]
    assert (made.stop_reason, stable.calls["user"]) == (StopReason.answered, 3)
    assert (made.verdict.kind, made.fault) == (VerdictKind.unsolved, Fault.user)


async def test_minted_ids_are_the_agents_to_tell() -> None:
    """An id minted in this very attempt is known to the user from when the agent has told it, not from its making."""
    buy = Tool(
        tool_name="BuyHorse",
        tool_description="Buy a horse and register it.",
        parameters={"name": Parameter(type="string", required=True)},
        output_details={"horse_id": OutputField(type="string")},
        effects=Effects(writes=["horses"]),
    )
    bought: JsonObject = {
        "status_code": 200,
        "response": {"horse_id": "$new1"},
        "changes": [{"op": "create", "collection": "horses", "id": "$new1", "attributes": {"name": "Rex"}}],
    }
    task = await released()
    task = task.model_copy(update={"tools": [*task.tools, buy]})
    doing = [
        call("BuyHorse", {"name": "Rex"}),
        final("Bought. Is that all?"),
        final("HO-1003, shall it move?"),
        final("Fine."),
    ]
    stable = model(acting(*doing), simulator=[bought], user=talking("Is it HO-1003?", "No.", "Not ho-1003."))
    made = await attempt(stable, DIALOGUE, task)
    assert heard(made)[1:3] == ["No.", "Not ho-1003."]
    assert "['HO-1003']" in problems_told(stable.asked("user")[1])[0]
