"""A task's plan as a conversation: said in order, called as proven, and solved."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.export.trainer_rows.gold_conversation import gold_conversation
from synthtools_stream.records.dialogue import ActKind, DialogueAct
from tests.stages.evolution.evolutionkit import STEPS, released

HELD = DialogueAct(
    kind=ActKind.held_back,
    pointer="/stall_id",
    opening="Move it to another stall.",
    reply="Which one?",
    reveal="ST-13.",
)


async def test_plan_as_it_is() -> None:
    """Each turn is followed by its call, its result and what it asks for."""
    told = gold_conversation(await released())
    assert [said.content for said in told.messages if said.speaker == "user"] == [turn for turn, _, _ in STEPS]
    assert [said.speaker for said in told.messages] == ["system", *["user", "assistant", "tool", "assistant"] * 3]
    assert told.messages[4].content == "The name of HO-1001 is Alba."
    assert [call.id for said in told.messages for call in said.calls] == ["call_0001", "call_0002", "call_0003"]
    assert [said.call_id for said in told.messages if said.speaker == "tool"] == ["call_0001", "call_0002", "call_0003"]
    assert gold_conversation(await released(), "drop").messages[0].speaker == "user"


async def test_acts_are_said() -> None:
    """A held-back value is asked for before the call; what is said together is called at once."""
    task = await released()
    held = task.dialogue[1].model_copy(update={"act": HELD})
    told = gold_conversation(task.model_copy(update={"dialogue": [task.dialogue[0], held, task.dialogue[2]]}))
    assert [said.content for said in told.messages[5:8]] == [HELD.opening, HELD.reply, HELD.reveal]
    joined = DialogueAct(kind=ActKind.together, opening="Both, please.")
    both = task.dialogue[1].model_copy(update={"act": joined})
    told = gold_conversation(task.model_copy(update={"dialogue": [task.dialogue[0], both, task.dialogue[2]]}))
    assert [call.name for call in told.messages[6].calls] == ["MoveHorse", "RecordWeight"]


async def test_what_cannot_be_told_is_refused() -> None:
    """No plan, or no proof."""
    task = await released()
    for broken, reason in (({"dialogue": []}, "no_dialogue"), ({"certificate": None}, "unproven")):
        with pytest.raises(Rejection) as refused:
            gold_conversation(task.model_copy(update=broken))
        assert refused.value.reason == reason
