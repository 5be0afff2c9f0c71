"""Rows with the shared columns only: what can be said of them, and what programs make of them."""

from __future__ import annotations

from synthtools_stream.proof.brought_rows.row_certification import Standing
from tests.proof.brought_rows.retail import Edit, altered, certification, retail

NO_STEPS = "steps: there are none: what each call answers and changes is not recorded, so that nothing can be replayed"


async def test_seven_columns() -> None:
    """Calls and what the request says of them hold; states without types and steps are lacking."""
    found = await certification(retail("bare"))
    assert (found.standing, found.holds) == (Standing.uncertified, ["calls", "provenance"])
    assert found.reasons == ["states: not typed: meta.entity_types does not say what they hold", NO_STEPS]


async def test_unsaid_arguments_and_free_form_states() -> None:
    """What the request does not say is named; a state of any shape is none that could be replayed."""
    row = retail("bare")
    edits: list[Edit] = [(["summary"], "Cancel my order."), (["initial_state"], {"orders": "many"})]
    found = await certification(altered(row, *edits))
    assert found.reasons == [
        "states: free-form: 'orders' is not a collection of entities with attributes",
        "provenance: gt_tool_calls[0]: /order_id = '#W2378156' is not said in the request, nor shown by a step",
        "provenance: gt_tool_calls[1]: /order_id = '#W4776164' is not said in the request, nor shown by a step",
        "provenance: gt_tool_calls[1]: /reason = 'no longer needed' is not said in the request, nor shown by a step",
        NO_STEPS,
    ]


async def test_one_call_is_played_and_certified() -> None:
    """The request is its turn, the program tells response and changes."""
    found = await certification(retail("played"))
    assert found.standing is Standing.certified
    (step,) = found.task.steps
    assert (step.turn, step.response) == (found.task.summary, {"order_id": "#W4776164", "status": "cancelled"})
    assert [(change.id, change.attributes["status"]) for change in step.changes] == [("#W4776164", "cancelled")]


async def test_several_calls_are_played_and_have_no_turns() -> None:
    """That the world is as the programs make it holds, and is told; a certificate needs the turns."""
    row = retail("played_twice")
    found = await certification(row)
    assert (found.standing, found.holds) == (Standing.uncertified, ["calls", "states", "world", "provenance"])
    assert found.reasons == ["steps: there are none: the request does not say which of its words ask for which call"]
    found = await certification(altered(row, (["final_state"], row.initial_state)))
    assert any(reason.startswith("world: final state: orders/#W4776164") for reason in found.reasons)


async def test_program_that_refuses_or_fails() -> None:
    """A ground truth whose program refuses it, or breaks, is told so."""
    row = retail("played")
    refused = await certification(altered(row, (["initial_state", "orders", "#W4776164", "status"], "delivered")))
    assert refused.reasons[0] == (
        "world: gt_tool_calls[0]: its program answers 400: NotPending: only a pending order can be cancelled"
    )
    programs: list[str | int] = ["meta", "programs", "cancel_pending_order"]
    broken = await certification(altered(row, (programs, "def call(state, arguments, now):\n    return 3\n")))
    assert broken.reasons[0].startswith("world: the program of cancel_pending_order: ")
    twice = "def call(state, arguments, now):\n    return ok({}, [delete('orders', '#W1')])\n"
    strange = await certification(altered(row, (programs, twice)))
    assert strange.reasons[0].startswith("world: ")


async def test_too_many_calls_are_not_played() -> None:
    """A hostile row costs no more than others."""
    row = retail("played_twice")
    found = await certification(altered(row, (["gt_tool_calls"], [*row.gt_tool_calls[:1] * 65])))
    assert found.reasons[0] == "world: there are 65 calls: 64 at most are executed"
