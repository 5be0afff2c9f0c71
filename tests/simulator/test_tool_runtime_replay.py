"""Replay: what a runtime recorded leads from the same state to the same state, from the record and from the tape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS
from synthtools_stream.chat.language_model import Message
from synthtools_stream.errors import StateProblem
from synthtools_stream.proof.integrity import replay
from synthtools_stream.records import Step, Task
from synthtools_stream.roles.role import In, Out, Role
from synthtools_stream.roles.simulator_role import SimulatorInput
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.simulator.tool_runtime import Simulator
from synthtools_stream.state import Expectation, as_json, as_state, compare, digest, rename
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import TOOLS, TYPES, draft, world

bookings = st.sampled_from(["BK-2041", "BK-2057"])
vessels = st.sampled_from(["VS-77", "VS-81"])
texts = st.sampled_from(["Hello", "N-1001 is yours", "Bye"])


def move(booking: str, vessel: str) -> Call:
    """Return a move."""
    return Call("MoveBooking", {"booking_id": booking, "vessel_id": vessel})


def notify(booking: str, channel: str, text: str) -> Call:
    """Return a notice."""
    return Call("NotifyShipper", {"booking_id": booking, "channel": channel, "text": text})


moves = st.builds(move, bookings, vessels)
notices = st.builds(notify, bookings, st.sampled_from(["email", "sms"]), texts)
conversations = st.lists(moves | notices, min_size=1, max_size=6)


class Honest:
    """Plays the two writing tools of the freight world as they are meant, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str = "",
        item: str | None = None,
        conversation: Sequence[Message] = (),
        check: Callable[[Out], None] | None = None,
        repairs: int = MAX_REPAIRS,
    ) -> Out:
        """Answer one call."""
        assert isinstance(value, SimulatorInput)
        self.asked += 1
        arguments = value.call.arguments
        booking: JsonObject = {"booking_id": arguments["booking_id"]}
        if value.call.tool_name == "MoveBooking":
            moved: JsonObject = {"vessel_id": arguments["vessel_id"]}
            change: JsonObject = {"op": "update", "collection": "bookings", "id": arguments["booking_id"]}
            answer: JsonObject = {"response": {**booking, **moved}, "changes": [{**change, "attributes": moved}]}
        else:
            change = {"op": "create", "collection": "notices", "id": "$new1", "attributes": {**arguments}}
            answer = {"response": {"notice_id": "$new1", **booking}, "changes": [change]}
        output = role.output_model.model_validate({"status_code": 200, **answer})
        if check is not None:
            check(output)
        return output


async def recorded(calls: Sequence[Call]) -> Task:
    """Return a task of these calls as a runtime made them."""
    runtime = Simulator(TOOLS, TYPES, world(), Honest(), "t")
    served = [await runtime.call(call) for call in calls]
    steps = [
        Step(turn="", call=one.call, status_code=one.status_code, response=one.response, changes=list(one.changes))
        for one in served
    ]
    parts = {"steps": steps, "gt_tool_calls": [step.call for step in steps], "final_state": runtime.state}
    return draft().model_copy(update=parts)


@settings(deadline=None, max_examples=50)
@given(conversations)
async def test_records_replay_to_the_same_state(calls: list[Call]) -> None:
    """The recorded changes lead from the initial state to the final one; the states between are the runtime's own."""
    task = await recorded(calls)
    replayed = replay(task)
    assert digest(replayed.final) == digest(as_state(task.final_state))
    assert len(replayed.states) == len(calls) + 1
    assert digest(replayed.states[0]) == digest(world())
    half = await recorded(calls[: len(calls) // 2])
    assert digest(replayed.states[len(calls) // 2]) == digest(as_state(half.final_state))


@settings(deadline=None, max_examples=50)
@given(conversations, st.data())
async def test_lost_changes_lead_elsewhere(calls: list[Call], data: st.DataObject) -> None:
    """Without the last step that changed something, a replay breaks or ends elsewhere."""
    task = await recorded(calls)
    writing = [index for index, step in enumerate(task.steps) if step.changes]
    if not writing:
        return
    last = writing[-1]
    steps = [step.model_copy(update={"changes": []}) if i == last else step for i, step in enumerate(task.steps)]
    try:
        final = replay(task.model_copy(update={"steps": steps})).final
    except StateProblem:
        return
    assert digest(final) != digest(as_state(task.final_state))


@settings(deadline=None, max_examples=50)
@given(conversations)
async def test_the_tape_plays_what_was_recorded(calls: list[Call]) -> None:
    """A tape that was primed with a task answers its calls without a model, and leaves the same state."""
    task = await recorded(calls)
    tape = Tape(task.id)
    tape.prime(task)
    model = Honest()
    runtime = Simulator(TOOLS, TYPES, world(), model, "t", tape=tape)
    served = [await runtime.call(call) for call in calls]
    assert [(one.call, one.response, list(one.changes)) for one in served] == [
        (step.call, step.response, step.changes) for step in task.steps
    ]
    assert model.asked == 0
    assert digest(runtime.state) == digest(as_state(task.final_state))


@settings(deadline=None, max_examples=50)
@given(conversations, st.permutations(range(6)), st.sampled_from(["", "notices.text", "bookings.vessel_id"]))
async def test_quick_comparison_is_the_thorough_one(calls: list[Call], order: list[int], volatile: str) -> None:
    """Whether two ends are the same is found alike by the quick way and by the one that tells the differences."""
    shuffled = [calls[index % len(calls)] for index in order]
    tasks = [await recorded(again) for again in (calls, shuffled, calls[1:])]
    ends = [as_state(task.final_state) for task in tasks]
    names = {name: f"N-{5000 + number}" for number, name in enumerate(ends[0]["notices"])}
    renamed = rename(as_json(ends[0]), names)
    assert isinstance(renamed, dict)
    ends.append(as_state(renamed))
    expectation = Expectation(ends[0], world(), [volatile])
    for end in ends:
        assert expectation.same(end) == (not compare(end, ends[0], world(), [volatile]).differences)
    assert expectation.same(ends[-1])
