from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.embedded.invent.deeds import life_cycle
from synthtools_stream.embedded.invent.foresight import apply, foresee
from synthtools_stream.embedded.job import read_job
from synthtools_stream.embedded.play.corrections import as_meant
from synthtools_stream.embedded.read import OutputKind, ToolReading, entities_of, read_tool
from synthtools_stream.records import EntityType, Tool
from synthtools_stream.roles.audit_roles import ProbeOutput, WorldOutput
from synthtools_stream.roles.evolution_roles import DialoguePlannerOutput, EvolverOutput, SummarizerOutput
from synthtools_stream.roles.sequencing_roles import PlannerOutput, ProposerOutput
from synthtools_stream.state.typed_world import world_problems
from synthtools_stream.toolcalls import Call, check_call
from synthtools_stream.values.json_pointers import leaf_pointers
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import Bench, bench, invent, objects, shown, state_of, texts

FIELDS = [
    "Maritime Shipping",
    "Dental Care",
    "Forestry",
    "Payroll and Benefits",
    "Lighthouse Keeping",
    "Space Missions",
]
SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "task_content.jsonl"


@pytest.mark.parametrize("field", FIELDS)
def test_worlds_are_sound(field: str) -> None:
    """References lead somewhere, the world is small enough, and every state of life occurs."""
    made = bench(field, 3)
    types = [EntityType.from_json(kind) for kind in made.types]
    world = WorldOutput.model_validate(invent("world", 8, scenario=made.scenario, entity_types=[*made.types]))
    assert world_problems(types, world.now, world.entities, max_bytes=8192) == []
    for kind in types:
        cycle = life_cycle(kind)
        own = [entity.attributes for entity in world.entities if entity.collection == kind.collection]
        seen = {str(attributes.get(cycle.name)) for attributes in own} if cycle else set[str]()
        assert cycle is None or seen == set(cycle.enum or [])


@pytest.mark.parametrize("field", FIELDS)
def test_probes_cover_modes(field: str) -> None:
    """Each tool gets probes in every applicable mode; they pass the schema, and a broken rule is quoted."""
    made = bench(field, 5)
    modes: Counter[str] = Counter()
    for seed, tool in enumerate(made.tools):
        probes = ProbeOutput.model_validate(
            invent("probe", seed, tool=tool, state=shown(tool, made.state), per_mode=2)
        ).probes
        modes.update(probe.mode for probe in probes)
        assert {probe.expected_status for probe in probes if probe.mode == "happy_path"} == {200}
        for probe in probes:
            assert check_call(Call(str(tool["tool_name"]), probe.arguments), Tool.from_json(tool)) == []
            if probe.mode == "rule_violation":
                assert probe.rule
                assert probe.rule.rstrip(".") in json.dumps(tool, ensure_ascii=False)
            if probe.expected_status == 404:
                assert any(
                    value not in json.dumps(made.state) for value in probe.arguments.values() if isinstance(value, str)
                )
    assert set(modes) == {"happy_path", "rule_violation", "state_pinned"}


def test_probes_hand_made_tools() -> None:
    """Tools that somebody else wrote get a happy path that their schema accepts, where they know their state."""
    rows = [json.loads(line) for line in SAMPLES.read_text().splitlines()]
    probed = 0
    for row in rows:
        for tool in row["tools"] if row["initial_state"] else []:
            answer = ProbeOutput.model_validate(invent("probe", 1, tool=tool, state=row["initial_state"], per_mode=2))
            happy = [probe for probe in answer.probes if probe.mode == "happy_path"]
            probed += bool(happy) and not check_call(Call(tool["tool_name"], happy[0].arguments), Tool.from_json(tool))
    assert probed >= 8


def _converse(made: Bench, order: list[str], seed: int) -> list[tuple[JsonObject, JsonObject, ToolReading]]:
    """Play an order through plan and evolver; return (tool, evolved, reading) a step."""
    tools = {str(tool["tool_name"]): tool for tool in made.tools}
    plan = invent(
        "dialogue_planner",
        seed,
        scenario=made.scenario,
        entity_types=[*made.types],
        tools=[tools[name] for name in dict.fromkeys(order)],
        order=[*order],
    )
    parsed = DialoguePlannerOutput.model_validate(plan)
    assert [goal.tool_name for goal in parsed.goals] == order
    types = [EntityType.from_json(kind) for kind in made.types]
    assert world_problems(types, parsed.now, parsed.entities, max_bytes=8192) == []
    state, dialogue, steps = state_of(plan), list[Json](), list[tuple[JsonObject, JsonObject, ToolReading]]()
    for number, name in enumerate(order):
        tool = tools[name]
        tags: JsonObject = {"persona": plan["persona"], "goals": plan["goals"], "dialogue": [*dialogue]}
        tags |= {"scenario": made.scenario, "step": number, "tool": tool, "state": shown(tool, state), "problems": []}
        evolved = invent("evolver", 31 * seed + number, **tags)
        EvolverOutput.model_validate(evolved)
        reading = read_tool(tool, made.types, state)
        steps.append((tool, evolved, reading))
        if evolved.get("blocked"):
            break
        arguments = evolved["arguments"]
        assert isinstance(arguments, dict)
        foreseen = foresee(reading, arguments, state)
        state = apply(foreseen, reading, state)
        subject = foreseen.created or next(iter(foreseen.found), "")
        response = _respond(
            reading, subject or str(arguments.get(reading.target.parameter if reading.target else "")), state
        )
        dialogue.append({"user": evolved["user_turn"], "call": f"{name}()", "status_code": 200, "response": response})
    return steps


def _respond(reading: ToolReading, subject: str, state: JsonObject) -> JsonObject:
    entity = entities_of(state, reading.collection).get(subject, {})
    response: JsonObject = {}
    for output in reading.outputs:
        keys = {key: subject if name == "" else entity.get(name) for key, name in output.keys}
        match output.kind:
            case OutputKind.id:
                response[output.key] = subject
            case OutputKind.list:
                response[output.key] = [keys]
            case OutputKind.entity:
                response[output.key] = keys
            case OutputKind.count:
                response[output.key] = 1
            case _:
                response[output.key] = entity.get(output.attribute)
    return response


@pytest.mark.parametrize("field", FIELDS)
def test_turns_say_their_values(field: str) -> None:
    """Every argument is grounded, every quote stands in its turn, reads ask for an answer, and no turn names a tool."""
    made = bench(field, 6)
    blocked = steps = silent = 0
    for start in range(3):
        order = [str(tool["tool_name"]) for tool in made.tools[start : start + 3]]
        for tool, evolved, reading in _converse(made, order, start + 1):
            steps += 1
            if evolved.get("blocked"):
                blocked += 1
                continue
            turn, arguments = str(evolved["user_turn"]), evolved["arguments"]
            assert isinstance(arguments, dict)
            grounding = objects(evolved["grounding"])
            grounded = {str(item["argument"]) for item in grounding}
            assert {leaf.pointer for leaf in leaf_pointers(arguments) if leaf.pointer} <= grounded
            assert all(str(item["quote"]) in turn for item in grounding if item.get("quote"))
            assert all(item.get("pointer") for item in grounding if item["kind"] == "response")
            assert check_call(Call(str(tool["tool_name"]), arguments), Tool.from_json(tool)) == []
            assert str(tool["tool_name"]) not in turn
            assert reading.operation.reads_only or not evolved["answer"]
            silent += reading.operation.reads_only and not evolved["answer"]
    assert blocked * 8 <= steps
    assert silent * 4 <= steps  # a look-up that only checks what the next step rests on


def test_problem_makes_turn_plain() -> None:
    """A turn that was not understood is said again in other, plainer words."""
    made = bench("Forestry", 2)
    tool = made.tools[0]
    goals: Json = [{"tool_name": tool["tool_name"], "goal": "Do it."}]
    tags: JsonObject = {"persona": "A friendly ranger", "goals": goals, "dialogue": [], "step": 0, "tool": tool}
    tags |= {"state": shown(tool, made.state), "scenario": made.scenario}
    again = invent("evolver", 5, **tags, problems=["the turn is not clear enough"])
    assert again["user_turn"] != invent("evolver", 5, **tags, problems=[])["user_turn"]
    assert str(again["user_turn"]).startswith("Please ")


def test_impossible_step_is_blocked() -> None:
    """Where the state holds nothing that a tool could work on, the evolver says so."""
    made = bench("Forestry", 2)
    tool = next(tool for tool in made.tools if "Id of the" in json.dumps(tool["parameters"]))
    empty: JsonObject = {name: {} for name in shown(tool, made.state) if name != "clock"}
    state: JsonObject = {**empty, "clock": made.state["clock"]}
    answer = invent("evolver", 1, persona="", goals=[], dialogue=[], step=0, tool=tool, state=state, scenario="")
    assert EvolverOutput.model_validate(answer).blocked


def test_summary_keeps_order_and_quotes() -> None:
    """Turns about one thing are merged in order, with every quote and without what the user cannot know."""
    turns = [
        "Could you look up booking BK-1042 and tell me its status?",
        'Please send a notice about that booking BK-2000 by email, with the text "Please call before arriving.".',
        "Let's cancel booking BK-1050.",
    ]
    quotes = ["BK-1042", "email", "Please call before arriving.", "BK-1050"]
    for seed in range(20):
        answer = invent("summarizer", seed, turns=[*turns], must_contain=[*quotes], must_not_contain=["BK-2000"])
        summary = SummarizerOutput.model_validate(answer).summary
        places = [summary.index(quote) for quote in quotes]
        assert places == sorted(places)
        assert "BK-2000" not in summary


@pytest.mark.parametrize(
    ("hidden", "question", "expected"),
    [
        (["It is BK-1042."], "Which booking?", "It is BK-1042."),
        ([], "Which hall is the booking for?", "As I said: Cancel the booking of the hall."),
        ([], "Which colour?", "That's all I know, please go by what I said."),
    ],
)
def test_user_answers_what_is_asked(hidden: list[Json], question: str, expected: str) -> None:
    """With what may be told, else with what was said, else with nothing."""
    spoken: list[Json] = [{"speaker": "agent", "text": question}]
    turns: list[Json] = ["Cancel the booking of the hall."]
    assert invent("user", 1, persona="", turns=turns, hidden=hidden, conversation=spoken) == {"message": expected}


@pytest.mark.parametrize(
    ("turn", "value", "meaning", "opening"),
    [
        ("Show booking BK-1042.", "BK-1042", "Id of the booking.", "Show a certain booking."),
        ("Set the fee to 12 EUR.", "12", "New price.", "Set the fee to a certain amount of EUR."),
        ("Book a tour with pupils 12.", "12", "Pupils.", "Book a tour with a certain number of pupils."),
        ('Note it, with the subject "Late bus".', "Late bus", "Subject.", "Note it, with a certain subject."),
        ("Move it to 9 May 2026.", "9 May 2026", "New day.", "Move it to a certain date."),
    ],
)
def test_speaker_holds_back(turn: str, value: str, meaning: str, opening: str) -> None:
    """A value is spoken of and not told, under its name where one stands beside it; asked for, it is told."""
    said = invent("speaker", 3, persona="", said=[], act="held_back", turns=[turn], value=value, meaning=meaning)
    assert said["opening"] == opening
    assert value in str(said["reveal"])
    agent = as_meant(str(said["reveal"]), opening)
    assert value in agent


@pytest.mark.parametrize("value", ["BK-1042", "12", "2.5", "9 May 2026", "2026-05-09", "May 9, 2026"])
def test_speaker_slips(value: str) -> None:
    """Another value of the same form is said first; whoever hears the correction takes the right one."""
    turn = f"Please note {value} for them."
    said = invent("speaker", 3, persona="", said=["Hi."], act="corrected", turns=[turn], value=value, meaning="")
    assert (str(said["first"]) in str(said["opening"]), value in str(said["opening"])) == (True, False)
    assert as_meant(f"{said['opening']} {said['reveal']}", "") == turn


OUTLINES: list[JsonObject] = [
    {
        "tool_name": "T1",
        "tool_description": "Remove a crate.",
        "inputs": ["crate_id"],
        "outputs": ["crate_id"],
        "writes": ["crates"],
    },
    {"tool_name": "T2", "tool_description": "Find crates.", "inputs": ["weight"], "outputs": ["crates"], "writes": []},
    {
        "tool_name": "T3",
        "tool_description": "Bake buns.",
        "inputs": ["flour"],
        "outputs": ["tray_id"],
        "writes": ["trays"],
    },
]


def test_walks_are_ordered_or_refused() -> None:
    """What is found comes before what is removed; tools without anything in common are refused."""
    tags: JsonObject = {"scenario": "", "tools": [*OUTLINES], "min_length": 2, "max_length": 4}
    for seed in range(10):
        good = PlannerOutput.model_validate(invent("planner", seed, **tags, walk=["T1", "T2"]))
        assert good.accept
        assert good.sequence == ["T2", "T1"]
        assert not PlannerOutput.model_validate(invent("planner", seed, **tags, walk=["T1", "T3"])).accept


def test_taken_openings_are_left_to_others() -> None:
    """Looks change places where another sequence begins with them; what must come after them stays there."""
    look: JsonObject = {**OUTLINES[1], "tool_name": "T4", "tool_description": "Find crates by their weight."}
    tags: JsonObject = {"scenario": "", "tools": [*OUTLINES, look], "min_length": 2, "max_length": 4}
    walks: list[list[str]] = [["T2", "T4", "T1"], ["T4", "T2", "T1"]]
    for seed in range(10):
        for taken, left in (walks, walks[::-1]):
            told: list[Json] = [", ".join(taken[:2])]
            planned = invent("planner", seed, **tags, walk=[*taken], taken_openings=told)
            assert PlannerOutput.model_validate(planned).sequence == left


def test_proposals_open_differently() -> None:
    """Proposed sequences use known tools and begin differently."""
    made = bench("Forestry", 4)
    outlines: list[Json] = [
        {
            "tool_name": tool["tool_name"],
            "tool_description": tool["tool_description"],
            "inputs": [*_names(tool["parameters"])],
            "outputs": [*_names(tool["output_details"])],
            "writes": _part(tool["effects"], "writes"),
        }
        for tool in made.tools
    ]
    answer = invent("proposer", 3, scenario="", tools=outlines, min_length=2, max_length=4, count=5)
    sequences = ProposerOutput.model_validate(answer).sequences
    assert len({tuple(sequence[:2]) for sequence in sequences}) == len(sequences)
    assert {name for sequence in sequences for name in sequence} <= {str(tool["tool_name"]) for tool in made.tools}


def _names(value: Json) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _part(value: Json, name: str) -> Json:
    assert isinstance(value, dict)
    return value[name]


def test_job_reads_tags() -> None:
    """A job holds the outermost tags as JSON, the seed's chance and the problems told since."""
    opening = 'Input:\n<field>"Rail"</field>\n<tools>[{"d":"a <b>x<\\/b> c"}]</tools>\n<count>3</count>'
    request = ChatRequest(
        model="m",
        messages=(
            Message("system", "<field>no</field>"),
            Message("user", opening),
            Message("assistant", "nonsense"),
            Message("user", "<problem>not JSON</problem>"),
        ),
        sampling=Sampling(),
        seed=4,
        schema_name="subfield",
    )
    job = read_job(request)
    assert job.tags == {"field": "Rail", "tools": [{"d": "a <b>x</b> c"}], "count": 3}
    assert job.problems == ["not JSON"]
    assert texts([*job.texts("tools")]) == []
