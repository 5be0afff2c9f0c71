"""Acts of a planned dialogue ask for the same as its turns; whatever else they say is refused, in the row, too."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.certificate import examine
from synthtools_stream.proof.dialogue_acts import act_problems, held_in_turn, joinable, misstated_in_turn
from synthtools_stream.proof.integrity import replay
from synthtools_stream.records import Task
from synthtools_stream.records.dialogue import ActKind, DialogueAct
from tests.stages.evolution.evolutionkit import released

HELD = {
    "kind": "held_back",
    "pointer": "/stall_id",
    "opening": "Move it to another stall, please.",
    "reply": "Which stall does it move to?",
    "reveal": "To ST-13.",
}
SLIP = {
    "kind": "corrected",
    "pointer": "/weight",
    "opening": "It weighs 485 kg now; put that down.",
    "first": "485",
    "reveal": "Sorry, make that 495, not 485.",
}
CHAT = {"kind": "chat", "opening": "Thanks so far.", "reply": "You are welcome."}
JOINED = {"kind": "together", "opening": "Move it to ST-13, please. It weighs 495 kg now; put that down."}
PLACES = {"held_back": 1, "corrected": 2, "chat": 1, "together": 1}


async def acted(act: dict[str, str]) -> Task:
    """Return the three-step task with an act in the line that suits its kind."""
    task = await released()
    lines, place = [*task.dialogue], PLACES[act["kind"]]
    lines[place] = lines[place].model_copy(update={"act": DialogueAct.model_validate(act)})
    return task.model_copy(update={"dialogue": lines})


@pytest.mark.parametrize("act", [HELD, SLIP, CHAT])
async def test_good_acts_hold(act: dict[str, str]) -> None:
    """Nothing is wrong with them, and the row proves as before; read back it is the same."""
    task = await acted(act)
    assert list(act_problems(task, replay(task))) == []
    assert examine(task).certificate is not None
    assert Task.from_json(task.to_json()) == task


@pytest.mark.parametrize(
    ("act", "change", "problem"),
    [
        (HELD, {"opening": "Move it to ST-13, please."}, "before it is asked"),
        (HELD, {"reply": "To ST-13, I suppose?"}, "before it is asked"),
        (HELD, {"reply": "Fine."}, "does not ask for what is held back"),
        (HELD, {"reveal": "The other one."}, "lacks 'ST-13'"),
        (HELD, {"opening": "Move it to another stall for 3 days, please."}, "a number that its turn does not"),
        (HELD, {"opening": "Call MoveHorse for another stall, please."}, "the user cannot know"),
        (HELD, {"opening": "Move it to another stall. Then sell the other horse to the butcher."}, "added_wish"),
        (HELD, {"pointer": "/horse_id"}, "cannot be held back"),
        (SLIP, {"first": "480"}, "in place of the right one"),
        (SLIP, {"first": "495", "opening": "It weighs 495 kg now; put that down."}, "is the right value"),
        (SLIP, {"reveal": "Sorry, that was wrong."}, "the correction lacks"),
        (SLIP, {"reveal": "Sorry, make that 495, and move HO-1002."}, "another value besides"),
        (CHAT, {"opening": "Could you tell me a joke?"}, "asks for something"),
        (CHAT, {"opening": "So it is called Alba."}, "the user cannot know"),
        (CHAT, {"reply": ""}, "without a reply"),
        (JOINED, {}, "waits for it"),
    ],
)
async def test_bad_acts_are_refused(act: dict[str, str], change: dict[str, str], problem: str) -> None:
    """By name, and the row does not prove with them."""
    task = await acted({**act, **change})
    found = examine(task)
    assert found.certificate is None
    assert problem in "; ".join(found.problems)


async def test_which_values_may_be_left_out() -> None:
    """What was said or told before need not be asked for; free text has no wrong."""
    task = await released()
    replayed = replay(task)
    assert [held_in_turn(task, replayed, step, "/horse_id") is not None for step in range(3)] == [True, False, False]
    assert misstated_in_turn(task, replayed, 2, "/weight") is not None
    assert {kind.value for kind in ActKind} == set(PLACES)


async def test_what_may_be_said_together() -> None:
    """Steps of one wave, where the second turn points back to nothing."""
    task = await released()
    assert not joinable(task, [[0], [1, 2]], 1), "the horse is that of the first turn"
    proofs = {"/weight": task.steps[2].provenance["/weight"]}
    alone = task.steps[2].model_copy(update={"provenance": proofs})
    task = task.model_copy(update={"steps": [*task.steps[:2], alone]})
    assert joinable(task, [[0], [1, 2]], 1)
    assert not joinable(task, [[0, 1], [2]], 1)
    assert not joinable(task, [], 2)
