"""What holds of a brought row: whole certificates for those of which all does, and a plain reason for the others."""

from __future__ import annotations

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.brought_rows.row_certification import Standing
from synthtools_stream.proof.verification import VerificationStatus, verify_executed, verify_task
from synthtools_stream.records.task import ProofKind
from tests.proof.brought_rows.retail import Edit, altered, certification, retail
from tests.proof.freight import draft, proven

SUMMARY = retail("steps").summary


@pytest.mark.parametrize("name", ["steps", "exempt", "grounded", "played"])
async def test_row_that_has_everything_is_certified(name: str) -> None:
    """Ids of any form, provenance found or given, programs or none: the certificate holds when it is verified."""
    found = await certification(retail(name))
    assert (found.standing, found.reasons) == (Standing.certified, [])
    assert found.task.meta.is_brought
    async with open_sandbox() as sandbox:
        assert (await verify_executed(found.task, sandbox)).status is VerificationStatus.proven


async def test_certificate_says_what_was_declared() -> None:
    """Tools that nobody audited, choices that nobody judged and reads that nothing needs rest on the owner's word."""
    grounded = (await certification(retail("grounded"))).task.certificate
    assert grounded is not None
    assert grounded.kinds["tools"] == [ProofKind.executed, ProofKind.worded, ProofKind.declared]
    assert grounded.kinds["provenance"] == [ProofKind.worded, ProofKind.declared]
    assert (grounded.executed, grounded.exempt, grounded.reading) == ([0, 1], [], None)
    assert grounded.played
    exempt = (await certification(retail("exempt"))).task.certificate
    assert exempt is not None
    assert (exempt.exempt, exempt.kinds["necessity"]) == ([0], [ProofKind.consistent, ProofKind.declared])


async def test_read_that_is_not_declared_is_not_needed() -> None:
    """The same row without its declaration has a call too many; a declaration of nothing is wrong as well."""
    row = retail("exempt")
    found = await certification(altered(row, (["meta", "exempt"], [])))
    assert found.standing is Standing.uncertified
    assert any("could be meant as well" in reason for reason in found.reasons)
    assert (await certification(altered(row, (["meta", "exempt"], [0])))).standing is Standing.certified
    strange = await certification(altered(row, (["meta", "exempt"], [0, "no_such_tool"])))
    assert strange.reasons == ["integrity: meta.exempt names 'no_such_tool', which is no step, and no tool of one"]


BAD: dict[str, tuple[list[Edit], str]] = {
    "a tool refuses its call": (
        [(["gt_tool_calls", 1], "cancel_pending_order(order_id='#W4776164', reason='bored')")],
        "calls: gt_tool_calls[1] does not pass its tool cancel_pending_order",
    ),
    "a step is of another call": (
        [(["steps", 0, "call"], "get_order_details(order_id='#W6390527')")],
        "integrity: gt_tool_calls are not the steps' calls",
    ),
    "a step's call cannot be read": ([(["steps", 0, "call"], "get_order_details(")], "integrity: step 0: "),
    "the final state is another": (
        [(["final_state", "orders", "#W6390527", "total"], 1.0)],
        "integrity: final state: orders/#W6390527",
    ),
    "an answer is another": (
        [(["answer"], [{"step": 0, "pointer": "/total", "value": 3}])],
        "integrity: answer of step 0 at '/total' is not what the response holds",
    ),
    "an answer of no step": (
        [(["answer"], [{"step": 9, "pointer": "/total", "value": 3}]), (["steps", 0, "answer"], [])],
        "integrity: answer does not list what the steps ask for",
    ),
    "a response makes an id up": (
        [(["steps", 1, "response", "order_id"], "#W99")],
        "integrity: step 1: response.order_id is #W99, which does not exist",
    ),
    "a provenance that proves nothing": (
        [(["steps", 0, "provenance"], {"/order_id": {"kind": "response", "step": 0, "pointer": "/order_id"}})],
        "provenance: step 0: provenance of /order_id: it names a step that was not yet made",
    ),
    "an argument from nowhere": (
        [(["steps", 0, "turn"], "What is the total of my order?"), (["summary"], SUMMARY.replace(" #W2378156", ""))],
        "provenance: step 0: provenance of /order_id: there is none",
    ),
    "nobody asks for the read": ([(["steps", 0, "answer"], [])], "request: untold: turn 0 asks to be told something"),
    "no entity types": ([(["meta"], {})], "integrity: meta.entity_types says nothing of what the states hold"),
    "no effects": ([(["tools", 0, "effects"], None)], "integrity: tool 'find_user_by_email' does not tell its effects"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_bad_row_has_no_certificate(kind: str) -> None:
    """What is wrong is told with the name of its part; the row stays as it was read."""
    edits, reason = BAD[kind]
    row = altered(retail("steps"), *edits)
    found = await certification(row)
    assert (found.standing, found.task) == (Standing.uncertified, row)
    assert any(told.startswith(reason) for told in found.reasons), found.reasons
    assert not {told.partition(":")[0] for told in found.reasons}.intersection(found.holds)


@pytest.mark.parametrize(
    "summary",
    [
        SUMMARY.replace("#W2378156", "#W6390527"),
        SUMMARY.replace("my order #W2378156", "my orders #W2378156 and #W6390527"),
        SUMMARY.replace("cancel", "never cancel"),
        SUMMARY.replace("Tell me", "Look up yusuf_rossi_9620, tell me"),
        SUMMARY + " Cancel #W6390527, too.",
    ],
)
async def test_request_for_something_else_has_no_certificate(summary: str) -> None:
    """The checks of words know ids of any form."""
    found = await certification(altered(retail("steps"), (["summary"], summary)))
    assert found.standing is Standing.uncertified
    assert not {"integrity", "request"}.issubset(found.holds)


async def test_program_that_comes_to_something_else() -> None:
    """A row whose programs do not do what its steps say is told so, and has no certificate."""
    row = retail("grounded")
    lazy = 'def call(state, arguments, now):\n    return ok({"order_id": arguments["order_id"], "status": "pending"})\n'
    found = await certification(altered(row, (["meta", "programs", "get_order_details"], lazy)))
    assert found.standing is Standing.uncertified
    assert any(reason.startswith(("world: step 0: its program", "tools: ")) for reason in found.reasons)


async def test_row_with_a_certificate_stays() -> None:
    """Whoever certified it, and whether it holds: that is for `verify`."""
    task = proven()
    found = await certification(task)
    assert (found.standing, found.task) == (Standing.kept, task)


async def test_our_own_draft_can_be_brought() -> None:
    """A task of ours without its certificate is certified as a brought one, text of the owner's choice included."""
    found = await certification(draft())
    assert (found.standing, found.reasons) == (Standing.certified, [])
    assert verify_task(found.task).status is VerificationStatus.proven


def test_row_of_ours_gains_nothing_by_a_claim() -> None:
    """Reads are declared, and ids formed otherwise, in brought rows only; a changed origin breaks the digest."""
    edits: list[Edit] = [(["meta", "exempt"], [0]), (["meta", "origin"], "brought")]
    for edit in edits:
        assert verify_task(altered(proven(), edit)).status is VerificationStatus.failed
