"""A second reading agrees, or a referee who knows not whose answer is whose decides."""

from __future__ import annotations

import orjson
import pytest

from stages.auditing.second_reading import Reading, ReadingKind, second_reading
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Effects, OutputField, Tool, ToolDraft
from synthtools_stream.roles.audit_roles import WorldOutput
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.answer import Answer as Given
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.state import initial_state
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import NOW, SETTING, TYPES, WORLD, Stable, shown, text

NOTE = Tool(
    tool_name="NoteStall",
    tool_description="Write a note about a stall.",
    parameters={"stall_id": text("Id of the stall."), "note": text("The new note.")},
    error_messages=["Dirty: the note is no clean text; write another", "Long: the note is too long; shorten it"],
    usage="Sets the stall's note.",
    output_details={"stall_id": OutputField(type="string", description="Id of the stall.")},
    effects=Effects(writes=["stalls"]),
)
CALL = Call("NoteStall", {"stall_id": "ST-11", "note": "It leaks."})


def noted(note: Json) -> JsonObject:
    """Return the answer that writes a note."""
    change: JsonObject = {"op": "update", "collection": "stalls", "id": "ST-11", "attributes": {"note": note}}
    return {"status_code": 200, "response": {"stall_id": "ST-11"}, "changes": [change]}


def refused(name: str) -> JsonObject:
    """Return a refusal by that rule."""
    return {"status_code": 400, "error_message": f"{name}: write another"}


def told(follows: str) -> Answer:
    """Return the referee's word."""
    return {"reasoning": "The words say so.", "follows": follows}


async def read(stable: Stable, program: JsonObject, seed: int = 0) -> Reading:
    """Return what comes of a program's answer beside that of a model's player."""
    item = ToolDraft(id=f"{SETTING.id}.NoteStall", setting=SETTING, tool=NOTE)
    world = initial_state(NOW, WorldOutput.model_validate(WORLD).entities, TYPES)
    answered = Served("", Given.of(SimulatorOutput.model_validate(program)))
    return await second_reading(item, world, CALL, answered, "0.0", seed, stable.context(item.id))


@pytest.mark.parametrize(
    ("program", "player"),
    [
        (noted("It leaks."), noted("It leaks.")),
        (noted("Leaking."), noted("There is a leak.")),
        (refused("Dirty"), refused("Dirty")),
        (refused("Dirty"), {"status_code": 400, "error_message": "the note is no clean text; write another"}),
    ],
    ids=["same", "other words", "same rule", "rule without its name"],
)
async def test_alike_is_agreed(program: JsonObject, player: JsonObject) -> None:
    """Free wording and the words of a refusal are no difference, and nobody is asked."""
    stable = Stable(simulator=[player], referee=[])
    assert (await read(stable, program)).kind is ReadingKind.agreed
    assert stable.calls["referee"] == 0


@pytest.mark.parametrize(
    "program",
    [noted(None), noted("ST-11"), noted("Leaking."), {**noted("It leaks."), "changes": []}, refused("Dirty")],
    ids=["nothing written", "another argument", "reworded", "no change", "refused"],
)
async def test_difference_goes_to_the_referee(program: JsonObject) -> None:
    """What the call gave is to be written as it is; whose answer stands first follows from the seed."""
    places: set[str] = set()
    for seed in range(8):
        stable = Stable(simulator=[noted("It leaks.")], referee=[told("neither")])
        found = await read(stable, program, seed)
        assert found.kind is ReadingKind.contradicted
        assert "The words say so." in found.problem
        assert "It leaks." in found.problem
        places.add(_place(stable))
    assert places == {"first", "second"}


async def test_referee_upholds_or_contradicts() -> None:
    """The program's answer stands where it is said to follow the words, alone or with the other."""
    for seed in range(4):
        looked_at = Stable(simulator=[noted("It leaks.")], referee=[told("neither")])
        await read(looked_at, noted(None), seed)
        own = _place(looked_at)
        other = "second" if own == "first" else "first"
        for follows, kind in (
            (own, "upheld"),
            ("both", "upheld"),
            (other, "contradicted"),
            ("neither", "contradicted"),
        ):
            stable = Stable(simulator=[noted("It leaks.")], referee=[told(follows)])
            assert (await read(stable, noted(None), seed)).kind == kind


async def test_silence_contradicts_nobody() -> None:
    """Without a second answer, or a referee's word, nothing is known."""
    mute = Stable(simulator=["no answer"], referee=[])
    assert (await read(mute, noted(None))).kind is ReadingKind.unread
    undecided = Stable(simulator=[noted("It leaks.")], referee=["hm"])
    assert (await read(undecided, noted(None))).kind is ReadingKind.unread


def _place(stable: Stable) -> str:
    """Return where the referee was shown the program's answer: the player's alone leaks."""
    (asked,) = stable.asked("referee")
    return "second" if b"It leaks." in orjson.dumps(shown(asked, "first")) else "first"
