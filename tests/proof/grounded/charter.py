"""A proven task that rests on words of every sort: labelled numbers and dates, items, a flag, a set, a formula."""

from __future__ import annotations

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import Attribute, Change, Effects, EntityType, OutputField, Parameter, Task, Tool
from synthtools_stream.roles.evolution_roles import Grounding
from tests.proof.freight import NOTIFY, TYPES, Spoken, drafted

CHARTERS = EntityType(
    name="charter",
    collection="charters",
    id_prefix="CH-",
    attributes=[
        Attribute(name="vessel_id", type="string", references="vessels"),
        Attribute(name="route", type="string"),
        Attribute(name="crew", type="integer"),
        Attribute(name="tonnes", type="integer"),
        Attribute(name="start_date", type="string", format="date"),
        Attribute(name="end_date", type="string", format="date"),
        Attribute(name="cargo", type="array"),
        Attribute(name="insured", type="boolean"),
        Attribute(name="flag", type="string", enum=["panama", "malta"]),
    ],
)


def _text(description: str = "", form: str | None = None) -> Parameter:
    return Parameter(type="string", required=True, description=description, format=form)


CHARTER = Tool(
    tool_name="CharterVessel",
    tool_description="Charter a vessel for a route.",
    parameters={
        "vessel_id": _text("Id of the vessel."),
        "route": _text("Name of the route."),
        "crew": Parameter(type="integer", required=True, description="Members of the crew."),
        "tonnes": Parameter(type="integer", required=True, description="Cargo, in tonnes."),
        "start_date": _text("First day, YYYY-MM-DD.", "date"),
        "end_date": _text("Last day, YYYY-MM-DD.", "date"),
        "cargo": Parameter(
            type="array",
            required=True,
            items=Parameter(
                type="object",
                properties={
                    "good": Parameter(type="string", required=True),
                    "crates": Parameter(type="integer", required=True),
                },
            ),
        ),
        "insured": Parameter(type="boolean", required=True, description="Whether the charter is insured."),
        "flag": Parameter(type="string", required=True, enum=["panama", "malta"], description="Flag to sail under."),
    },
    output_details={"charter_id": OutputField(type="string"), "crew": OutputField(type="integer")},
    effects=Effects(reads=["vessels"], writes=["charters"]),
)
EXTEND = Tool(
    tool_name="ExtendCharter",
    tool_description="Extend a charter.",
    parameters={
        "charter_id": _text(),
        "end_date": _text("New last day, YYYY-MM-DD.", "date"),
        "crew": Parameter(type="integer"),
    },
    output_details={"charter_id": OutputField(type="string"), "end_date": OutputField(type="string")},
    effects=Effects(writes=["charters"]),
)
_WISH = (
    'Charter VS-81 for the route "Northern Loop" with a crew of 9 and 400 tonnes, start date 2026-03-20 and end date'
    " 2026-04-02, under the flag of Malta and not insured; the cargo is 3 crates of rice and 7 crates of tea."
)
_CALL = (
    "CharterVessel(vessel_id='VS-81', route='Northern Loop', crew=9, tonnes=400, start_date='2026-03-20',"
    " end_date='2026-04-02', cargo=[{'good': 'rice', 'crates': 3}, {'good': 'tea', 'crates': 7}], insured=False,"
    " flag='malta')"
)
_STEPS: list[Spoken] = [
    (
        'Tell the shipper of BK-2057 by sms: "We sail soon."',
        "NotifyShipper(booking_id='BK-2057', channel='sms', text='We sail soon.')",
        {"notice_id": "N-1001", "booking_id": "BK-2057"},
        [
            Change(
                op="create",
                collection="notices",
                id="N-1001",
                attributes={"booking_id": "BK-2057", "channel": "sms", "text": "We sail soon."},
            )
        ],
        [],
        [],
    ),
    (
        _WISH,
        _CALL,
        {"charter_id": "CH-1001", "crew": 9},
        [
            Change(
                op="create",
                collection="charters",
                id="CH-1001",
                attributes={
                    "vessel_id": "VS-81",
                    "route": "Northern Loop",
                    "crew": 9,
                    "tonnes": 400,
                    "start_date": "2026-03-20",
                    "end_date": "2026-04-02",
                    "cargo": [{"good": "rice", "crates": 3}, {"good": "tea", "crates": 7}],
                    "insured": False,
                    "flag": "malta",
                },
            )
        ],
        [],
        [Grounding(argument="/insured", kind="choice", quote="not insured")],
    ),
    (
        "Extend that charter until 5 days after 2026-04-02, with a crew of 11.",
        "ExtendCharter(charter_id='CH-1001', end_date='2026-04-07', crew=11)",
        {"charter_id": "CH-1001", "end_date": "2026-04-07"},
        [Change(op="update", collection="charters", id="CH-1001", attributes={"end_date": "2026-04-07", "crew": 11})],
        [],
        [Grounding(argument="/end_date", kind="derived", formula="add_days", inputs=["2026-04-02", "5 days after"])],
    ),
    (
        'Tell the shipper of BK-2041 by email: "It takes longer."',
        "NotifyShipper(booking_id='BK-2041', channel='email', text='It takes longer.')",
        {"notice_id": "N-1002", "booking_id": "BK-2041"},
        [
            Change(
                op="create",
                collection="notices",
                id="N-1002",
                attributes={"booking_id": "BK-2041", "channel": "email", "text": "It takes longer."},
            )
        ],
        [],
        [],
    ),
]


def chartered() -> Task:
    """Return the task with its certificate."""
    tools = {tool.tool_name: tool for tool in (NOTIFY, CHARTER, EXTEND)}
    last = (
        "extend that charter until 5 days after 2026-04-02, with a crew of 11, and tell the shipper of BK-2041 by email"
    )
    summary = f'Tell the shipper of BK-2057 by sms: "We sail soon." {_WISH} Then {last}: "It takes longer."'
    task = drafted("freight_spec_001_seq02", summary, tools, _STEPS)
    task = task.model_copy(update={"meta": task.meta.model_copy(update={"entity_types": [*TYPES, CHARTERS]})})
    return task.model_copy(update={"certificate": certify(task)})
