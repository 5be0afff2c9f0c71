"""A proven task of which hardly a value is said as it is: relative dates, another unit, what earlier answers told."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import Attribute, Change, Effects, EntityType, OutputField, Parameter, Task, Tool
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import TYPES, Spoken, drafted

SLOTS = EntityType(
    name="slot",
    collection="slots",
    id_prefix="SL-",
    attributes=[
        Attribute(name="vessel_id", type="string", references="vessels"),
        Attribute(name="start_date", type="string", format="date"),
        Attribute(name="end_date", type="string", format="date"),
        Attribute(name="load", type="integer"),
        Attribute(name="capacity_left", type="integer"),
    ],
)
_ID = Parameter(type="string", required=True, description="Id of the vessel.")
LOOK_UP = Tool(
    tool_name="LookUpVessel",
    tool_description="Look up a vessel.",
    parameters={"vessel_id": _ID},
    output_details={"vessel": OutputField(type="object")},
    effects=Effects(reads=["vessels"]),
)
RESERVE = Tool(
    tool_name="ReserveSlot",
    tool_description="Reserve a slot on a vessel.",
    parameters={
        "vessel_id": _ID,
        "start_date": Parameter(type="string", required=True, format="date", description="First day, YYYY-MM-DD."),
        "end_date": Parameter(type="string", required=True, format="date", description="Last day, YYYY-MM-DD."),
        "load": Parameter(type="integer", required=True, description="Load, in kg."),
        "capacity_left": Parameter(type="integer", required=True, description="Capacity left for others."),
    },
    output_details={"slot_id": OutputField(type="string")},
    effects=Effects(reads=["vessels"], writes=["slots"]),
)
_TURN = (
    "Reserve a slot on vessel VS-81 with start date next Tuesday, end date a week after its eta, load two and a half"
    " tonnes and the same capacity left as vessel VS-77."
)
_SET: JsonObject = {
    "vessel_id": "VS-81",
    "start_date": "2026-03-17",
    "end_date": "2026-03-23",
    "load": 2500,
    "capacity_left": 3,
}


def _vessel(key: str, name: str, eta: str, left: int) -> JsonObject:
    return {"vessel": {"vessel_id": key, "name": name, "eta": eta, "capacity_left": left}}


_STEPS: list[Spoken] = [
    (
        "Look up vessel VS-77 and tell me its name.",
        "LookUpVessel(vessel_id='VS-77')",
        _vessel("VS-77", "Hanna", "2026-03-14", 3),
        [],
        ["/vessel/name"],
        [],
    ),
    (
        "Look up vessel VS-81 and tell me its name.",
        "LookUpVessel(vessel_id='VS-81')",
        _vessel("VS-81", "Castor", "2026-03-16", 40),
        [],
        ["/vessel/name"],
        [],
    ),
    (
        _TURN,
        "ReserveSlot(vessel_id='VS-81', start_date='2026-03-17', end_date='2026-03-23', load=2500, capacity_left=3)",
        {"slot_id": "SL-1001"},
        [Change(op="create", collection="slots", id="SL-1001", attributes=_SET)],
        [],
        [
            Grounding(argument="/start_date", kind="user", quote="next Tuesday"),
            Grounding(argument="/end_date", kind="derived", formula="add_days", inputs=["1#/vessel/eta", "a week"]),
            Grounding(argument="/load", kind="derived", formula="converted", inputs=["two and a half tonnes"]),
            Grounding(argument="/capacity_left", kind="response", step=0, pointer="/vessel/capacity_left"),
        ],
    ),
]


def implied() -> Task:
    """Return the task with its certificate; the clock says Tuesday 10 March 2026."""
    tools = {tool.tool_name: tool for tool in (LOOK_UP, RESERVE)}
    summary = f"Look up vessel VS-77 and tell me its name, look up vessel VS-81 and tell me its name. {_TURN}"
    task = drafted("freight_spec_001_seq03", summary, tools, _STEPS)
    task = task.model_copy(update={"meta": task.meta.model_copy(update={"entity_types": [*TYPES, SLOTS]})})
    return task.model_copy(update={"certificate": certify(task)})
