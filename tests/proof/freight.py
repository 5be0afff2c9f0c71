"""A small freight world with a proven task, for the tests of this folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS
from synthtools_stream.asking.asker import RefusedOutput
from synthtools_stream.chat.language_model import Message
from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.records import (
    AnswerValue,
    Attribute,
    Change,
    Effects,
    EntityType,
    OutputField,
    Parameter,
    State,
    Step,
    Task,
    TaskMeta,
    Tool,
    WorldEntity,
)
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.roles.role import In, Out, Role
from synthtools_stream.roles.simulator_role import SimulatorInput
from synthtools_stream.state import apply, as_json, initial_state
from synthtools_stream.toolcalls import canonical, parse_call
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import JsonObject

TYPES = [
    EntityType(
        name="booking",
        collection="bookings",
        id_prefix="BK-",
        attributes=[
            Attribute(name="shipper", type="string"),
            Attribute(name="status", type="string", enum=["requested", "confirmed", "cancelled"]),
            Attribute(name="vessel_id", type="string", references="vessels"),
            Attribute(name="containers", type="integer"),
        ],
    ),
    EntityType(
        name="vessel",
        collection="vessels",
        id_prefix="VS-",
        attributes=[
            Attribute(name="name", type="string"),
            Attribute(name="eta", type="string", format="date"),
            Attribute(name="capacity_left", type="integer"),
        ],
    ),
    EntityType(
        name="notice",
        collection="notices",
        id_prefix="N-",
        attributes=[
            Attribute(name="booking_id", type="string", references="bookings"),
            Attribute(name="channel", type="string", enum=["email", "sms"]),
            Attribute(name="text", type="string", volatile=True),
        ],
    ),
]


def world() -> State:
    """Return two bookings, two vessels, no notices."""
    return initial_state(
        "2026-03-10T09:00:00",
        [
            WorldEntity(
                collection="bookings",
                id="BK-2041",
                attributes={"shipper": "Alba", "status": "confirmed", "vessel_id": "VS-77", "containers": 12},
            ),
            WorldEntity(
                collection="bookings",
                id="BK-2057",
                attributes={"shipper": "Nord", "status": "requested", "vessel_id": "VS-77", "containers": 4},
            ),
            WorldEntity(
                collection="vessels", id="VS-77", attributes={"name": "Hanna", "eta": "2026-03-14", "capacity_left": 3}
            ),
            WorldEntity(
                collection="vessels",
                id="VS-81",
                attributes={"name": "Castor", "eta": "2026-03-16", "capacity_left": 40},
            ),
        ],
        TYPES,
    )


def _text(description: str = "", **more: bool) -> Parameter:
    return Parameter(type="string", required=more.get("required", True), description=description)


SEARCH = Tool(
    tool_name="SearchVessels",
    tool_description="List vessels that arrive in time.",
    parameters={
        "arrive_by": _text("Latest arrival wanted, YYYY-MM-DD."),
        "min_capacity": Parameter(type="integer", default=1, minimum=1, maximum=500),
    },
    output_details={"vessels": OutputField(type="array"), "count": OutputField(type="integer")},
    effects=Effects(reads=["vessels"]),
)
MOVE = Tool(
    tool_name="MoveBooking",
    tool_description="Move a booking to another vessel.",
    parameters={"booking_id": _text(), "vessel_id": _text()},
    output_details={"booking_id": OutputField(type="string"), "vessel_id": OutputField(type="string")},
    effects=Effects(reads=["vessels"], writes=["bookings"]),
)
NOTIFY = Tool(
    tool_name="NotifyShipper",
    tool_description="Send the shipper of a booking a message.",
    parameters={
        "booking_id": _text(),
        "channel": Parameter(type="string", required=True, enum=["email", "sms"]),
        "text": _text("Text of the message, 200 characters at most."),
    },
    output_details={"notice_id": OutputField(type="string"), "booking_id": OutputField(type="string")},
    effects=Effects(reads=["bookings"], writes=["notices"]),
)
TOOLS = {tool.tool_name: tool for tool in (SEARCH, MOVE, NOTIFY)}

Spoken = tuple[str, str, JsonObject, list[Change], list[str], list[Grounding]]
"""A step: turn, call, response, changes, pointers of its answer, declared groundings."""
_STEPS: list[Spoken] = [
    (
        "Which vessels arrive by 16 March 2026 with room for 12 containers? How many are there?",
        "SearchVessels(arrive_by='2026-03-16', min_capacity=12)",
        {"vessels": [{"vessel_id": "VS-81", "name": "Castor", "eta": "2026-03-16"}], "count": 1},
        [],
        ["/count"],
        [],
    ),
    (
        "Move BK-2041 to the first of those.",
        "MoveBooking(booking_id='BK-2041', vessel_id='VS-81')",
        {"booking_id": "BK-2041", "vessel_id": "VS-81"},
        [Change(op="update", collection="bookings", id="BK-2041", attributes={"vessel_id": "VS-81"})],
        [],
        [],
    ),
    (
        "Tell its shipper by email that it now sails with Castor.",
        "NotifyShipper(booking_id='BK-2041', channel='email', text='Your booking now sails with Castor.')",
        {"notice_id": "N-1001", "booking_id": "BK-2041"},
        [
            Change(
                op="create",
                collection="notices",
                id="N-1001",
                attributes={
                    "booking_id": "BK-2041",
                    "channel": "email",
                    "text": "Your booking now sails with Castor.",
                },
            )
        ],
        [],
        [Grounding(argument="/text", kind="text")],
    ),
]


def draft() -> Task:
    """Return a task with everything but its certificate."""
    return drafted(
        "freight_spec_001_seq01",
        "Find vessels arriving by 16 March 2026 with room for 12 containers and tell me how many there are;"
        " move BK-2041 to the first of those and tell its shipper by email that it now sails with Castor.",
        TOOLS,
        _STEPS,
    )


def drafted(identifier: str, summary: str, tools: Mapping[str, Tool], spoken: Sequence[Spoken]) -> Task:
    """Return a task of these steps, begun in the freight world; every argument is grounded."""
    state, steps = world(), list[Step]()
    for turn, text, response, changes, answer, declared in spoken:
        call = parse_call(text)
        tool = tools[call.name]
        grounds = Grounds([*(step.turn for step in steps), turn], [step.response for step in steps], state)
        found = find_all(canonical(call, tool), tool, grounds, declared)
        assert found.ungrounded == []
        steps.append(
            Step(
                turn=turn,
                call=text,
                status_code=200,
                response=response,
                changes=changes,
                provenance=found.provenance,
                answer=answer,
            )
        )
        state = apply(state, changes, mint=None).state
    return Task(
        id=identifier,
        field="Freight",
        summary=summary,
        tools=list(tools.values()),
        gt_tool_calls=[step.call for step in steps],
        initial_state=as_json(world()),
        final_state=as_json(state),
        steps=steps,
        answer=[
            AnswerValue(step=index, pointer=pointer, value=resolve(step.response, pointer))
            for index, step in enumerate(steps)
            for pointer in step.answer
        ],
        meta=TaskMeta(entity_types=TYPES, volatile=["notices.text"]),
    )


def proven() -> Task:
    """Return the task with its certificate."""
    task = draft()
    return task.model_copy(update={"certificate": certify(task)})


class ScriptedContext:
    """Answers every ask with the next of its outputs, and a refused one with the next, while repairs are allowed."""

    def __init__(self, *outputs: JsonObject) -> None:
        self.outputs = deque(outputs)
        self.asked: list[tuple[str | None, str, SimulatorInput]] = []
        self.refused: list[str] = []

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
        """Return the next output that passes `check`."""
        assert isinstance(value, SimulatorInput)
        self.asked.append((item, key, value))
        while True:
            output = role.output_model.model_validate(self.outputs.popleft())
            try:
                if check is not None:
                    check(output)
            except Rejection as refusal:
                self.refused.append(refusal.detail)
                if repairs == 0:
                    raise RefusedOutput(role.name, output, refusal.detail) from refusal
                repairs -= 1
                continue
            return output
