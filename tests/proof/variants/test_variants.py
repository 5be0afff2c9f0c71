"""Each kind of variant: what it changes, that it proves, what solves it, and that nobody can make one up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import orjson
import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.proof.certificate import certify, examine, seal
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.variants.base_task import base_of
from synthtools_stream.proof.variants.distractors import distractors
from synthtools_stream.proof.variants.forbidden_request import altered_worlds, refused_in
from synthtools_stream.proof.variants.irrelevant_request import irrelevant_request
from synthtools_stream.proof.variants.missing_parameter import held_back, missing_parameter
from synthtools_stream.proof.variants.missing_tool import missing_tool
from synthtools_stream.proof.variants.renamed_tools import STYLES, renamed_tools, restyled
from synthtools_stream.proof.variants.transient_error import transient_error
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.proof.verification import verify_rows
from synthtools_stream.records import Task, VerdictKind
from synthtools_stream.records.twist import Expected, VariantKind
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.storage.datasets.task_row import read_row
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.variants.short_task import NEAR, ruled_task, short_task

BASE, RULED = short_task(), ruled_task()
TOOLS = [near.tool for near in NEAR]
SOURCES = {near.tool.tool_name: near.program for near in NEAR}
COUNT = "There is 1 vessel: the count is 1."
DONE = "Done. There is 1 vessel: the count is 1."


async def variant(kind: VariantKind) -> Task:
    """Return a certified variant of a kind."""
    replayed = replay(BASE)
    made: Task | None
    match kind:
        case VariantKind.distractors:
            made = distractors(BASE, TOOLS, SOURCES)
        case VariantKind.renamed_tools:
            made = renamed_tools(BASE, replayed, restyled([tool.tool_name for tool in BASE.tools], "noun_first"))
        case VariantKind.transient_error:
            made = transient_error(BASE, "MoveBooking")
        case VariantKind.missing_tool:
            made = missing_tool(BASE, replayed)
        case VariantKind.irrelevant_request:
            made = irrelevant_request(BASE, replayed, TOOLS, SOURCES)
        case VariantKind.missing_parameter:
            made = missing_parameter(BASE, replayed, "/vessel_id")
        case VariantKind.forbidden_request:
            async with open_sandbox(1) as sandbox:
                made = await refused_in(RULED, replay(RULED), altered_worlds(RULED, replay(RULED)), sandbox)
    assert made is not None
    return made.model_copy(update={"certificate": certify(made, stability=True)})


def stored(task: Task) -> tuple[Task, JsonObject]:
    """Return the task as it is read from a file, with its row."""
    row = orjson.loads(orjson.dumps(as_columns("tasks", task.to_json())))
    return read_row(row)


@pytest.mark.parametrize("kind", VariantKind)
async def test_every_kind_proves_from_its_row_alone(kind: VariantKind) -> None:
    """Written, read again, verified with and without execution; the base stands in it, whole."""
    made = await variant(kind)
    base = RULED if kind is VariantKind.forbidden_request else BASE
    assert (made.id, made.meta.variant) == (f"{base.id}-{kind}", kind)
    assert base_of(made) == base.model_copy(update={"certificate": None})
    read, row = stored(made)
    assert read == made
    async with open_sandbox(1) as sandbox:
        (found,) = await verify_rows([(read, row)], sandbox)
    assert (found.status, found.reasons) == ("proven", ())


async def test_missing_tool() -> None:
    """The rest is to be done; what could not be is told, and not claimed."""
    made = await variant(VariantKind.missing_tool)
    assert [tool.tool_name for tool in made.tools] == ["SearchVessels"]
    assert made.gt_tool_calls == BASE.gt_tool_calls[:1]
    assert made.summary == BASE.summary
    right = f"{COUNT} I could not move BK-2057: none of my tools does that."
    assert solves(made, made.final_state, right)
    assert not solves(made, made.final_state, DONE)
    assert not solves(made, made.final_state, "I cannot move bookings.")  # nor is the count told
    assert not solves(made, BASE.final_state, right)


async def test_irrelevant_request() -> None:
    """Only what touches nothing of the request is offered, and nothing may be changed."""
    made = await variant(VariantKind.irrelevant_request)
    assert [tool.tool_name for tool in made.tools] == ["CountNotices"]
    assert made.gt_tool_calls == []
    assert solves(made, BASE.initial_state, "Sorry, I can't help with vessels or bookings.")
    assert not solves(made, BASE.initial_state, "There are 3 vessels, and BK-2057 was moved.")
    assert not solves(made, BASE.final_state, "Sorry, I can't help with that.")


async def test_missing_parameter() -> None:
    """It must be asked for; what does not need it may be done before or not."""
    made = await variant(VariantKind.missing_parameter)
    assert made.summary.endswith("move BK-2057 to the vessel (I still have to tell you which).")
    for state in (made.final_state, made.initial_state):
        assert solves(made, state, "Which vessel should BK-2057 be moved to?")
    assert solves(made, made.final_state, f"{COUNT} Please tell me the id of the vessel.")
    assert not solves(made, BASE.final_state, "Which vessel should BK-2057 be moved to?")
    assert not solves(made, made.final_state, f"{COUNT} I moved BK-2057.")
    assert not solves(made, made.final_state, f"{COUNT} Is there anything else?")


async def test_forbidden_request() -> None:
    """The world differs by one value, the rule refuses, and the rest is to be done."""
    made = await variant(VariantKind.forbidden_request)
    twist = made.meta.twist
    assert twist is not None
    assert twist.altered == ["bookings", "BK-2057", "status"]
    assert twist.refusal == {"status_code": 400, "error_message": "NotRequested: BK-2057 is confirmed"}
    right = "BK-2057 was moved, but it could not be confirmed: it is not requested."
    assert solves(made, made.final_state, right)
    assert not solves(made, made.final_state, "BK-2057 was moved and confirmed; 36 is left.")
    assert not solves(made, made.initial_state, right)


async def test_distractors() -> None:
    """More tools in an order that tells nothing, with their programs; the task is the same."""
    made = await variant(VariantKind.distractors)
    assert {tool.tool_name for tool in made.tools} == {*SOURCES, "SearchVessels", "MoveBooking"}
    assert made.meta.programs.keys() == {tool.tool_name for tool in made.tools}
    assert solves(made, BASE.final_state, DONE)


async def test_renamed_tools() -> None:
    """Calls, programs and the order of parameters follow."""
    made = await variant(VariantKind.renamed_tools)
    assert made.gt_tool_calls[1] == "booking_move(vessel_id='VS-81', booking_id='BK-2057')"
    assert [tool.tool_name for tool in made.tools] == ["vessels_search", "booking_move"]
    assert [*made.tools[1].parameters] == ["vessel_id", "booking_id"]
    assert solves(made, BASE.final_state, DONE)


@pytest.mark.parametrize("style", STYLES)
def test_styles_of_names(style: str) -> None:
    """Acronyms and digits are words; names that would fall together, or stay, are not changed at all."""
    names = restyled(["MoveBooking", "GetPDFPage2"], style)
    assert (
        names["MoveBooking"] == {"snake": "move_booking", "camel": "moveBooking", "noun_first": "booking_move"}[style]
    )
    assert names["GetPDFPage2"].replace("_", "").lower() in ("getpdfpage2", "pdfpage2get")
    assert restyled(["MoveBooking", "Move_Booking"], style) == {}
    assert restyled(["search"], style) == {}


def solves(task: Task, state: JsonObject | None, message: str) -> bool:
    """Say whether an attempt that left a state, and closed with a message, solved a task."""
    return judge_attempt(task, state, message).kind is VerdictKind.solved


async def test_silence_solves_no_variant() -> None:
    """Doing nothing and saying nothing comes to nothing."""
    for kind in VariantKind:
        made = await variant(kind)
        assert not solves(made, made.initial_state, "")


FORGERIES: dict[str, Callable[[Task], Task]] = {
    "another state": lambda task: task.model_copy(update={"final_state": BASE.final_state}),
    "another request": lambda task: task.model_copy(update={"summary": task.summary + " Cancel BK-2041, too."}),
    "no tool": lambda task: task.model_copy(update={"tools": task.tools[:-1]}),
    "another kind": lambda task: with_meta(task, variant="transient_error"),
    "no twist": lambda task: with_meta(task, twist=None),
    "no kind": lambda task: with_meta(task, variant="base"),
    "another expectation": lambda task: with_twist(task, expects=Expected.done),
    "another base": lambda task: with_twist(task, base={**based(task), "summary": "Do nothing at all, please, today."}),
    "no base": lambda task: with_twist(task, base={}),
}


def with_meta(task: Task, **changed: object) -> Task:
    """Return the task with another meta."""
    return task.model_copy(update={"meta": task.meta.model_copy(update=changed)})


def with_twist(task: Task, **changed: object) -> Task:
    """Return the task with another twist."""
    assert task.meta.twist is not None
    return with_meta(task, twist=task.meta.twist.model_copy(update=changed))


def based(task: Task) -> JsonObject:
    """Return what the twist keeps of the base."""
    assert task.meta.twist is not None
    return task.meta.twist.base


@pytest.mark.parametrize(
    ("name", "kind"), [*product(FORGERIES, [VariantKind.missing_tool, VariantKind.missing_parameter])]
)
async def test_forged_variants_do_not_prove(name: str, kind: VariantKind) -> None:
    """Whatever is changed and sealed anew, the base does not give it, or does not hold."""
    made = await variant(kind)
    forged = seal(FORGERIES[name](made))
    assert examine(forged).problems
    assert examine(made).problems == []


async def test_base_that_is_none() -> None:
    """Whatever stands in its place."""
    made = await variant(VariantKind.missing_tool)
    (problem,) = examine(with_twist(made, base={**based(made), "steps": 7})).problems
    assert problem == "its base cannot be read: meta.twist keeps what is no part of a task: steps"


async def test_refusal_that_no_program_gives(sandboxed: Sandbox) -> None:
    """Execution finds it, though all parts of the row agree."""
    made = await variant(VariantKind.forbidden_request)
    forged = seal(with_twist(made, refusal={"status_code": 403, "error_message": "Not today."}))
    assert examine(forged).problems == []
    (found,) = await verify_rows([(forged, None)], sandboxed)
    assert "is not refused with" in found.reasons[0]


@pytest.fixture
async def sandboxed():  # type: ignore[no-untyped-def]
    """Yield a sandbox."""
    async with open_sandbox(1) as sandbox:
        yield sandbox


def test_what_gives_no_variant() -> None:
    """A last step that reads, a tool that serves twice or has a twin, a value that is told elsewhere."""
    replayed = replay(BASE)
    turned = BASE.model_copy(update={"steps": BASE.steps[::-1], "gt_tool_calls": BASE.gt_tool_calls[::-1]})
    assert missing_tool(turned, replay(turned)) is None
    assert held_back(turned, replay(turned)) == []
    writer = TOOLS[0].model_copy(update={"effects": BASE.tools[1].effects})
    assert missing_tool(BASE.model_copy(update={"tools": [*BASE.tools, writer]}), replayed) is None
    said_twice = BASE.model_copy(update={"summary": f"{BASE.summary} VS-81 it is."})
    assert held_back(said_twice, replayed) == ["/booking_id"]
    assert held_back(BASE, replayed) == ["/booking_id", "/vessel_id"]
    assert irrelevant_request(BASE, replayed, TOOLS[:3], {}) is None
    assert distractors(BASE, BASE.tools, {}) is None
    assert transient_error(BASE, "ConfirmBooking") is None
    odd = BASE.steps[0].model_copy(update={"call": '{"name":"get-it","arguments":{}}'})
    assert transient_error(BASE.model_copy(update={"steps": [odd]}), "get-it") is not None
    said = [step.model_copy(update={"turn": f"{step.turn} It is not confirmed or cancelled."}) for step in BASE.steps]
    assert [one.value for one in altered_worlds(BASE, replayed)] == ["confirmed", "cancelled"]
    assert altered_worlds(BASE.model_copy(update={"steps": said}), replayed) == []
    assert renamed_tools(BASE, replayed, {"SearchVessels": "search"}) is None


async def test_variant_of_nothing_is_rejected() -> None:
    """Certifying says what is wrong with it."""
    made = await variant(VariantKind.missing_tool)
    with pytest.raises(Rejection, match="made of its base anew, answer would be otherwise"):
        certify(made.model_copy(update={"answer": []}))
