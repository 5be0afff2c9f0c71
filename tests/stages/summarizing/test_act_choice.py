"""Acts are drawn by lineage and step, one call each; what cannot be had leaves the turn as it is."""

from __future__ import annotations

from stages.summarizing.act_choice import ActRates, with_acts
from synthtools_stream.proof.certificate import certify
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.evolution.evolutionkit import released
from tests.stages.stagekit import Stable, shown

THANKS: JsonObject = {"opening": "Thanks so far.", "reply": "You are welcome."}


async def test_nothing_by_default() -> None:
    """Without shares no model is asked, and nothing changes."""
    task, stable = await released(), Stable()
    assert await with_acts(task, ActRates({}), stable.context(task.id)) is task


async def test_one_call_an_act() -> None:
    """Each line that is drawn is worded once, and the task proves with all of them."""
    task, stable = await released(), Stable(speaker=[THANKS])
    made = await with_acts(task, ActRates({"chat": 1.0}), stable.context(task.id))
    assert [line.act and line.act.opening for line in made.dialogue] == ["Thanks so far."] * 3
    assert stable.calls["speaker"] == 3
    certify(made)
    again = await with_acts(task, ActRates({"chat": 1.0}), stable.context(task.id))
    assert again == made


async def test_what_stays_wrong_is_left_out() -> None:
    """After the last repair the turn is said as it is; the role is shown value, meaning and what must stay."""
    task, stable = (
        await released(),
        Stable(speaker=[{"opening": "Move it somewhere.", "reply": "Hm.", "reveal": "No."}]),
    )
    made = await with_acts(task, ActRates({"held_back": 1.0}), stable.context(task.id))
    assert [line.act for line in made.dialogue] == [None] * 3
    told = {shown(request, "value"): shown(request, "meaning") for request in stable.asked("speaker")}
    assert told["ST-13"] == "Id of the stall it moves to."
