from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import synthtools_stream
from stages.generation.tool_drafts import _tool as written_tool
from stages.generation.tool_text_check import text_problems
from synthtools_stream.embedded.english import base_form, plural, third_person
from synthtools_stream.embedded.invent.signature_reader import read_signature
from synthtools_stream.embedded.invent.state_verbs import participle, verb_into
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.records import Blueprint, EntityType, Signature
from synthtools_stream.roles.audit_roles import WorldOutput
from synthtools_stream.roles.generation_roles import BlueprintOutput, ScenarioOutput, SubfieldOutput, ToolOutput
from synthtools_stream.toolcalls.stated_forms import format_stated
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import blueprint_of, invent, objects, texts, tools_of

FIELDS = Path(synthtools_stream.__file__).with_name("fields.txt").read_text().splitlines()
STRANGE = [
    "Lighthouse Keeping", "Puppet Theatre", "Beekeeping", "Antique Clock Repair", "Ghost Tours", "Cheese Ageing",
    "Ice Rink Operations", "Falconry", "Stamp Collecting", "Underwater Welding", "Kite Festivals", "Organ Tuning",
    "Tea Plantations", "Chess Clubs", "Avalanche Control", "Bookbinding", "Balloon Rides", "Sauna Culture", "X", "1234",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS + STRANGE)
def test_any_field_gets_tools(field: str) -> None:
    """Every shipped field and any other yields valid subfields, scenarios, blueprint, tools and world."""
    SubfieldOutput.model_validate(invent("subfield", 1, field=field, count=4))
    ScenarioOutput.model_validate(invent("scenario", 1, field=field, subfield="Records", count=4))
    scenario, blueprint = blueprint_of(field, 5)
    parsed = BlueprintOutput.model_validate(blueprint)
    assert 5 <= len(parsed.tools) <= 20
    assert len({tool.tool_name for tool in parsed.tools}) == len(parsed.tools)
    assert len({kind.id_prefix for kind in parsed.entity_types}) == len(parsed.entity_types)
    known = {kind.collection for kind in parsed.entity_types}
    for tool in parsed.tools:
        assert known.issuperset([*tool.effects.reads, *tool.effects.writes])
    for tool, written in zip(parsed.tools, tools_of(scenario, blueprint, 9), strict=True):
        output = ToolOutput.model_validate(written)
        assert [item.name for item in output.parameters] == tool.inputs
        assert [item.name for item in output.output_details] == tool.outputs
        assert list(text_problems(written_tool(tool, output), tool, parsed.entity_types)) == []
        assert [item.format for item in output.parameters] == [format_stated(i.description) for i in output.parameters]
    world = invent("world", 3, scenario=scenario, entity_types=blueprint["entity_types"])
    WorldOutput.model_validate(world)


def test_count_and_avoid_are_respected() -> None:
    """More than the lexicon lists can be asked for, and what is to be avoided stays away."""
    first = texts(invent("subfield", 1, field="maritime  SHIPPING", count=6)["subfields"])
    more = texts(invent("subfield", 1, field="Maritime Shipping", count=40, avoid=[*first])["subfields"])
    assert len(set(more)) == 40
    assert not set(first) & set(more)
    scenarios = texts(invent("scenario", 1, field="Falconry", subfield="Birds", count=30)["scenarios"])
    assert len(set(scenarios)) == 30


def test_scenario_words_choose_types() -> None:
    """An entity type that a scenario names is among the blueprint's."""
    named = "Plan seafarers for the coming month and compare their sea months."
    blueprint = invent("blueprint", 4, field="Maritime Shipping", subfield="Crew changes", scenario=named)
    assert "seafarer" in {kind.name for kind in Blueprint.from_json(blueprint).entity_types}


def test_same_seed_same_answer() -> None:
    """The request's seed decides everything."""
    assert blueprint_of("Dental Care", 8) == blueprint_of("Dental Care", 8)
    assert blueprint_of("Dental Care", 8) != blueprint_of("Dental Care", 9)


def test_corpus_is_varied() -> None:
    """A hundred environments do not read like one template."""
    names: Counter[str] = Counter()
    usages: Counter[str] = Counter()
    shapes: set[tuple[str, ...]] = set()
    verbs: Counter[str] = Counter()
    total = ruled = 0
    for number, field in enumerate(FIELDS):
        scenario, blueprint = blueprint_of(field, 100 + number)
        types = [EntityType.from_json(kind) for kind in objects(blueprint["entity_types"])]
        signatures = [Signature.from_json(item) for item in objects(blueprint["tools"])]
        shapes.add(tuple(read_signature(item, types).operation for item in signatures))
        names.update(item.tool_name for item in signatures)
        for tool in tools_of(scenario, blueprint, number):
            total += 1
            usage, text = str(tool["usage"]), str(tool["tool_description"])
            usages[usage] += not usage.startswith(("Read", "Reads"))
            ruled += "must" in usage or "Only " in usage or "When " in usage
            verbs[text.split(" ")[0].casefold()] += 1
    assert len(names) > 0.8 * sum(names.values())
    assert len(shapes) > 90
    assert len([text for text, count in usages.items() if count]) > 0.6 * sum(usages.values())
    assert len(verbs) > 90
    assert ruled >= total / 3


def test_purposes_are_read_back() -> None:
    """The tool writer understands what the blueprint's purposes say: kind of deed, thing and states."""
    seen: Counter[Operation] = Counter()
    for number, field in enumerate(FIELDS[::2]):
        blueprint = blueprint_of(field, number)[1]
        types = [EntityType.from_json(kind) for kind in objects(blueprint["entity_types"])]
        for item in objects(blueprint["tools"]):
            signature = Signature.from_json(item)
            deed = read_signature(signature, types)
            seen[deed.operation] += 1
            kind = next(kind for kind in types if kind.name == deed.noun)
            assert kind.collection in [*signature.effects.reads, *signature.effects.writes]
            assert (deed.operation in {Operation.get, Operation.search}) == (not signature.effects.writes)
            assert " that is " not in signature.purpose or deed.states or deed.other_states
    assert set(seen) == set(Operation) - {Operation.other}


def test_lone_filter_is_search() -> None:
    """A list with one filter and no order is a search, not a look-up by id."""
    channel: JsonObject = {"name": "channel", "type": "string", "enum": ["email", "sms"]}
    kind = EntityType.from_json(
        {"name": "message", "collection": "messages", "id_prefix": "ME-", "attributes": [channel]}
    )
    listing = Signature.from_json(
        {
            "tool_name": "SurveyMessages",
            "purpose": "Survey messages by channel.",
            "inputs": ["channel"],
            "outputs": ["messages"],
            "effects": {"reads": ["messages"], "writes": []},
        }
    )
    assert read_signature(listing, [kind]).operation is Operation.search


def test_writes_foreign_signature() -> None:
    """A signature that somebody else worded becomes a valid tool with its inputs and outputs."""
    types: list[Json] = [
        {
            "name": "crate",
            "collection": "crates",
            "id_prefix": "CR-",
            "attributes": [{"name": "weight", "type": "float"}, {"name": "shelf", "type": "string"}],
        }
    ]
    signature: JsonObject = {
        "tool_name": "Relocate",
        "purpose": "Put a crate onto a different shelf.",
        "inputs": ["crate_id", "shelf", "why"],
        "outputs": ["crate_id", "shelf"],
        "effects": {"reads": ["crates"], "writes": ["crates"]},
    }
    tool = invent("tool", 1, scenario="Storing crates", entity_types=[*types], siblings=[], signature=signature)
    parsed = ToolOutput.model_validate(tool)
    assert [item.name for item in parsed.parameters] == ["crate_id", "shelf", "why"]


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("cancelled", "cancel"),
        ("confirmed", "confirm"),
        ("closed", "close"),
        ("paid", "pay"),
        ("overdue", "mark as overdue"),
    ],
)
def test_verb_into_state(state: str, verb: str) -> None:
    """A state tells the verb that leads into it."""
    assert verb_into(state) == verb


def test_word_forms() -> None:
    """Regular and irregular English forms come out right."""
    assert [plural(noun) for noun in ("journal entry", "batch", "person")] == ["journal entries", "batches", "people"]
    assert [base_form(third_person(verb)) for verb in ("move", "carry", "pass", "fetch")] == [
        *("move", "carry", "pass", "fetch")
    ]
    assert [participle(verb) for verb in ("cancel", "check in", "ship", "pay", "notify")] == [
        *("cancelled", "checked in", "shipped", "paid", "notified")
    ]
