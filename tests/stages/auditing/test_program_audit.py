"""Programs in the audit: written, tried, read twice, mended, and what becomes of a tool without one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal

import orjson
import pytest
import pytest_asyncio

from stages.auditing.contract_check import CONTRACT_CALLS
from stages.auditing.tool_audit import Auditing
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import AuditedTool, Tool, ToolDraft
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import MOVE, SETTING, WORLD, Player, Stable, part, play, refusal, shown

RIGHT = """
def call(state, arguments, now):
    horse_id, stall_id = arguments["horse_id"], arguments["stall_id"]
    horse = state["horses"].get(horse_id)
    if horse is None:
        return fail(404, f"there is no horse {horse_id}")
    if stall_id not in state["stalls"]:
        return fail(404, f"there is no stall {stall_id}")
    if horse["stall_id"] == stall_id:
        return fail(400, f"SameStall: {horse_id} stands there already; choose another stall")
    return ok({"horse_id": horse_id, "stall_id": stall_id}, [update("horses", horse_id, {"stall_id": stall_id})])
"""
RAISES = RIGHT.replace('state["horses"].get(horse_id)', 'state["horses"][horse_id]')
LENIENT = RIGHT.replace('if horse["stall_id"] == stall_id:', "if False:")
"""A program that knows no rule: it keeps its contract, and only who reads the words can tell."""


def probe(horse: str, stall: str, status: int) -> JsonObject:
    """Return one probe of the move."""
    arguments: JsonObject = {"horse_id": horse, "stall_id": stall}
    mode = {200: "happy_path", 400: "rule_violation", 404: "state_pinned"}[status]
    return {"mode": mode, "purpose": f"{horse} to {stall}", "arguments": arguments, "expected_status": status}


PROBES: list[Json] = [
    probe("HO-1001", "ST-13", 200),
    probe("HO-1002", "ST-13", 200),
    probe("HO-1001", "ST-11", 400),
    probe("HO-9999", "ST-11", 404),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncGenerator[Sandbox]:
    """One worker for all tests of this file."""
    async with open_sandbox(1) as opened:
        yield opened


def written(*sources: str) -> list[Answer]:
    """Return what the programmer answers, one program after the other."""
    return [{"reasoning": "", "program": source} for source in sources]


def stable(*sources: str, **others: Player) -> Stable:
    """Return a model that writes these programs and plays truthfully, but for what `others` says."""
    players: dict[str, Player] = {
        "world": [WORLD],
        "probe": [{"probes": PROBES}],
        "programmer": written(*sources),
        "simulator": play,
        "audit_judge": [{"reasoning": "", "judgment": "correct"}],
    }
    return Stable(**{**players, **others})


async def audit(
    model: Stable,
    sandbox: Sandbox | None,
    tools: Literal["auto", "code", "simulated"] = "auto",
    programs: dict[str, str] | None = None,
    tool: Tool = MOVE,
) -> AuditedTool:
    """Audit the move, or another tool."""
    draft = ToolDraft(id=f"{SETTING.id}.MoveHorse", setting=SETTING, tool=tool)
    context = Context(stage="auditing", item=draft.id, session=SETTING.id, asker=model.asker, sandbox=sandbox)
    auditing = Auditing(tools, 0.26, 2, 1, model="m", seed=0, programs=programs or {})
    (passed,) = await auditing.process(draft, context)
    return passed


@pytest.mark.asyncio(loop_scope="module")
async def test_sound_program_makes_the_tool_code(sandbox: Sandbox) -> None:
    """A program that passes is the tool from then on; its row tells how it was looked at, and calls are few."""
    model = stable(RIGHT)
    passed = await audit(model, sandbox)
    assert (passed.program, passed.meta) == (RIGHT, {"model": "m", "played": "coded"})
    assert (passed.reliability, passed.stability) == (1.0, 1.0)
    assert passed.adequacy is not None
    assert (part(passed.adequacy, "written"), part(passed.adequacy, "contract_calls")) == (1, CONTRACT_CALLS)
    assert (part(passed.adequacy, "mutants"), part(passed.adequacy, "killed_by_probes")) == (10, 9)
    readings = part(passed.adequacy, "second_readings")
    assert isinstance(readings, list)
    assert all(part(reading, "result") == "agreed" for reading in readings)
    assert model.calls["simulator"] == len(readings) <= 4
    open_probes = [f"horse_id='{horse}', stall_id='ST-13'" for horse in ("HO-1001", "HO-1002")]
    drawn = [one for one in readings if not any(probe in str(part(one, "call")) for probe in open_probes)]
    assert drawn, "what no probe shows is read on a drawn call"
    assert (model.calls["programmer"], model.calls["referee"], model.calls["audit_judge"]) == (1, 0, 0)


@pytest.mark.asyncio(loop_scope="module")
async def test_broken_contract_is_told_with_its_call(sandbox: Sandbox) -> None:
    """What raises is told to the programmer with the smallest call that shows it; the second program passes."""
    model = stable(RAISES, RIGHT)
    passed = await audit(model, sandbox)
    assert passed.program == RIGHT
    assert part(passed.adequacy, "written") == 2
    second = model.asked("programmer")[1]
    assert shown(second, "program") == RAISES
    problem = str(part(shown(second, "problems"), 0))
    assert "MoveHorse(" in problem
    assert "KeyError" in problem


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("tools", ["auto", "code"])
async def test_a_forgotten_rule_is_found_by_the_second_reading(
    tools: Literal["auto", "code"], sandbox: Sandbox
) -> None:
    """The simulator refuses where the program does not; the referee sides with the words, and no program is left."""

    def referee(request: ChatRequest) -> Answer:
        first = part(shown(request, "first"), "status_code")
        return {"reasoning": "SameStall", "follows": "first" if first == 400 else "second"}

    model = stable(LENIENT, referee=referee)
    if tools == "code":
        with pytest.raises(Rejection, match="no_program") as refused:
            await audit(model, sandbox, tools)
        assert "SameStall" in refused.value.detail
        assert "MoveHorse(" in refused.value.detail
    else:
        passed = await audit(model, sandbox, tools)
        assert (passed.program, passed.meta["played"]) == ("", "simulated")
        assert "SameStall" in str(passed.meta["demoted"])
    assert model.calls["programmer"] == 3


@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_is_upheld_where_the_simulator_erred(sandbox: Sandbox) -> None:
    """Who differs from the program is not right for that: both answers go to the referee, who does not know whose."""

    def lazy(request: ChatRequest) -> Answer:
        return refusal(400, "SameStall: the horse stands there already")

    def referee(request: ChatRequest) -> Answer:
        first = part(shown(request, "first"), "status_code")
        return {"reasoning": "it is there", "follows": "second" if first == 400 else "first"}

    model = stable(RIGHT, simulator=lazy, referee=referee)
    passed = await audit(model, sandbox)
    assert passed.program == RIGHT
    assert "upheld" in orjson.dumps(passed.adequacy).decode()


@pytest.mark.asyncio(loop_scope="module")
async def test_brought_programs_are_audited_and_never_mended(sandbox: Sandbox) -> None:
    """A program of the user's own is taken where it passes, and named where it does not; no programmer is asked."""
    model = stable()
    assert (await audit(model, sandbox, programs={"MoveHorse": RIGHT})).program == RIGHT
    with pytest.raises(Rejection, match="the program that was brought"):
        await audit(model, sandbox, "code", programs={f"{SETTING.id}.MoveHorse": RAISES})
    assert model.calls["programmer"] == 0


@pytest.mark.asyncio(loop_scope="module")
async def test_without_a_sandbox_tools_are_simulated(sandbox: Sandbox) -> None:
    """Where no program can be run, and where none is wanted, none is written."""
    for tools, where in (("auto", None), ("simulated", sandbox)):
        model = stable(RIGHT)
        passed = await audit(model, where, tools)  # type: ignore[arg-type]
        assert (passed.program, passed.meta) == ("", {"model": "m", "played": "simulated"})
        assert model.calls["programmer"] == 0


@pytest.mark.asyncio(loop_scope="module")
async def test_unreadable_programmer_leaves_the_tool_to_the_simulator(sandbox: Sandbox) -> None:
    """A programmer that answers nothing readable costs the tool its program, not its life."""
    model = stable(programmer=["no"])
    passed = await audit(model, sandbox)
    assert str(passed.meta["demoted"]).startswith("the programmer gave no program")


@pytest.mark.asyncio(loop_scope="module")
async def test_who_cannot_have_a_program_is_told_so(sandbox: Sandbox) -> None:
    """A tool without effects, and one that no probe lets succeed, are refused with the reason; nothing is written."""
    vague = MOVE.model_copy(update={"effects": None})
    for tool, probes, told in (
        (vague, PROBES, "does not tell its effects"),
        (MOVE, PROBES[2:], "no probe tries the happy path"),
    ):
        model = stable(RIGHT, probe=[{"probes": probes}])
        with pytest.raises(Rejection, match=f"no_program: .*{told}"):
            await audit(model, sandbox, "code", tool=tool)
        assert model.calls["programmer"] == 0
