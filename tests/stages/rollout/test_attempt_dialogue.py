"""Rollout in a planned dialogue: the user says one turn after the other, and only what a user can know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Effects, Fault, OutputField, Parameter, StopReason, Tool, VerdictKind
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.evolution.evolutionkit import STEPS, released
from tests.stages.rollout.test_attempt import CALLS, PLAIN, acting, attempt, call, final, model
from tests.stages.stagekit import Player, part, problems_told, shown


async def test_planned_dialogue() -> None:
    """In a planned dialogue the user speaks after every closing, until everything was said."""

    def speak(request: ChatRequest) -> JsonObject:
        conversation = shown(request, "conversation")
        assert isinstance(conversation, list)
        spoken = sum(part(line, "speaker") == "user" for line in conversation)
        return {"message": STEPS[spoken][0] if spoken < 3 else "Thanks.", "done": spoken == 3}

    steps = [call(*CALLS[0]), final("It is Alba."), call(*CALLS[1]), final("Moved."), call(*CALLS[2]), final("Noted.")]
    stable = model(acting(*steps), user=speak)
    made = await attempt(stable, replace(PLAIN, dialogue=True))
    said = [message["content"] for message in made.messages if message["role"] == "user"]
    assert said == [turn for turn, _, _ in STEPS]
    assert (made.verdict.kind, made.stop_reason) == (VerdictKind.solved, StopReason.answered)
    assert (stable.calls["user"], made.meta["dialogue"]) == (3, True)


def talking(*lines: str) -> Player:
    """Return a user who says these lines, one for each request, and then goodbye."""
    said: list[Answer] = [{"message": line, "done": False} for line in lines]
    return [*said, {"message": "Thanks.", "done": True}]


ASKING = [call(*CALLS[0]), final("I have looked."), final("It is Alba, in ST-11."), final("Yes, Alba.")]


async def test_user_knows_what_was_said() -> None:
    """A user who names what only a tool told is told so and speaks again; once the agent has told it, it is known."""
    stable = model(acting(*ASKING), user=talking("So it is Alba?", "So what is its name?", "Alba, then. Thank you."))
    made = await attempt(stable, replace(PLAIN, dialogue=True))
    said = [message["content"] for message in made.messages if message["role"] == "user"]
    assert said == [STEPS[0][0], "So what is its name?", "Alba, then. Thank you."]
    (told,) = problems_told(stable.asked("user")[1])
    assert "the user cannot know these" in told
    assert "['Alba']" in told


@pytest.mark.parametrize("line", ["Call MoveHorse for me.", "What about alba?"])
async def test_user_who_knows_too_much_ends_it(line: str) -> None:
    """Where the user goes on to name what no user can know, the conversation is over, and judged as it stands."""
    stable = model(acting(*ASKING), user=talking(*[line] * 9))
    made = await attempt(stable, replace(PLAIN, dialogue=True))
    assert [message["content"] for message in made.messages if message["role"] == "user"] == [STEPS[0][0]]
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
    doing = [call("BuyHorse", {"name": "Rex"}), final("Bought."), final("It is HO-1003."), final("Fine.")]
    stable = model(
        acting(*doing),
        simulator=[bought],
        user=talking("Is it HO-1003?", "What is its id?", "So ho-1003 it is."),
    )
    made = await attempt(stable, replace(PLAIN, dialogue=True), task)
    assert [change.id for turn in made.turns for change in turn.changes] == ["HO-1003"]
    said = [message["content"] for message in made.messages if message["role"] == "user"]
    assert said[1:] == ["What is its id?", "So ho-1003 it is."]
    assert "['HO-1003']" in problems_told(stable.asked("user")[1])[0]
