"""What the inventor writes is varied English that a reader of the text alone understands."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

import synthtools_stream
from synthtools_stream.embedded.english import plural, singular, third_person
from synthtools_stream.embedded.invent.field_vocabulary import flag_words
from synthtools_stream.embedded.invent.state_verbs import participle, verb_into
from synthtools_stream.embedded.lexicon.field_lexicon import load_lexicon
from synthtools_stream.embedded.prose import sentences, spans
from synthtools_stream.embedded.read import MeaningKind, days_after, read_tool
from synthtools_stream.embedded.read.effects import read_effects
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import bench, objects
from tests.embedded.play.playkit import ask, simulated

FIELDS = Path(synthtools_stream.__file__).with_name("fields.txt").read_text().splitlines()[::3]
QUIET = re.compile(
    r"^(?:Read-only|Reads only|It only reads|Changes nothing|Nothing is changed)|(?:sorted|ordered|listed) by|"
    r"only what is given|only the values given|nothing changes|what is not given stays|^ties by id|^texts match",
    re.IGNORECASE,
)


@pytest.mark.parametrize("field", FIELDS)
def test_every_sentence_is_understood(field: str) -> None:
    """Each sentence of a usage is read as a rule or an effect, and each parameter and output has a meaning."""
    made = bench(field, 21)
    for tool in made.tools:
        reading = read_tool(tool, made.types, None)
        ruled = {rule.text for rule in reading.rules}
        for sentence in sentences(str(tool["usage"])):
            told = read_effects((sentence,), reading.vocabulary, [m.parameter for m in reading.meanings], reading.kind)
            assert told or QUIET.search(sentence) or any(text in sentence for text in ruled), sentence
        unclear = [m.description for m in reading.meanings if m.kind in (MeaningKind.unknown, MeaningKind.flag)]
        assert unclear == []
        assert [output.key for output in reading.outputs if output.kind.value == "unknown"] == []


def test_names_have_two_words() -> None:
    """No tool is named with one word, which would stand in any request."""
    names = [str(tool["tool_name"]) for field in FIELDS for tool in bench(field, 22).tools]
    assert len(names) > 150
    assert [name for name in names if len(re.findall(r"[A-Z][a-z0-9]*", name)) < 2] == []


def test_shapes_are_varied() -> None:
    """Parameters are of every type, lists and objects among them, and no opening of a usage rules."""
    kinds: Counter[str] = Counter()
    openings: Counter[str] = Counter()
    for field in FIELDS:
        for tool in bench(field, 23).tools:
            openings[" ".join(str(tool["usage"]).split()[:3])] += 1
            for spec in cast(dict[str, JsonObject], tool["parameters"]).values():
                items = spec.get("items")
                kinds[f"{spec['type']} of {items['type']}" if isinstance(items, dict) else str(spec["type"])] += 1
    assert set(kinds) == {"string", "integer", "float", "boolean", "object", "array of string", "array of object"}
    assert kinds["boolean"] > 0.02 * kinds.total()
    assert openings.most_common(1)[0][1] < 0.12 * openings.total()


TOOL: JsonObject = {
    "tool_name": "PlanVisit",
    "tool_description": "Plan a new visit for a garden.",
    "parameters": {
        "garden_id": {"type": "string", "required": True, "description": "Id of the garden of the visit."},
        "tags": {"type": "array", "required": False, "description": "Tags of the visit.", "items": {"type": "string"}},
        "contact": {
            "type": "object",
            "required": True,
            "description": "Contact of the visit, with a name and a phone.",
            "properties": {"name": {"type": "string"}, "phone": {"type": "string"}},
        },
        "costs": {
            "type": "array",
            "required": True,
            "description": "Costs of the visit, each with a purpose and an amount.",
            "items": {"type": "object", "properties": {"purpose": {"type": "string"}, "amount": {"type": "float"}}},
        },
        "due_date": {"type": "string", "required": True, "description": "Due date of the visit, YYYY-MM-DD."},
    },
    "usage": "Creates a visit.",
    "error_messages": [],
    "output_details": {"visit_id": {"type": "string", "description": "Id of the new visit."}},
    "effects": {"reads": ["gardens"], "writes": ["visits"]},
}
CONTACT: JsonObject = {"name": "Ana Silva", "phone": "+00 555 1234"}


@pytest.mark.parametrize(
    "turn",
    [
        (
            'Plan a visit for garden GD-1, with the contact name "Ana Silva" and phone "+00 555 1234", the costs "fuel"'
            ' with amount 20 EUR and "rent" with amount 7.5 EUR, due date 2 March 2026, tags "pilot" and "repeat".'
        ),
        (
            'Please plan a new visit for garden GD-1 with the tags "pilot" and "repeat", due date 2026-03-02, the costs'
            ' 20 EUR for "fuel" and 7.5 EUR for "rent" and the contact phone "+00 555 1234" and name "Ana Silva".'
        ),
    ],
)
def test_lists_and_objects_are_heard(turn: str) -> None:
    """Values of lists and objects are found in the words, in whichever order they come."""
    solved = ask("solver", tools=[TOOL], now="2026-03-01T09:00:00", dialogue=[], user_turn=turn)
    assert solved["arguments"] == {
        "garden_id": "GD-1",
        "tags": ["pilot", "repeat"],
        "contact": CONTACT,
        "costs": [{"purpose": "fuel", "amount": 20.0}, {"purpose": "rent", "amount": 7.5}],
        "due_date": "2026-03-02",
    }


def test_dates_are_shifted() -> None:
    """A tool that postpones by days moves the date, whatever its parameters are called."""
    tool: JsonObject = {
        "tool_name": "PutOff",
        "tool_description": "Put off the due date of a visit.",
        "parameters": {
            "a": {"type": "string", "required": True, "description": "Id of the visit."},
            "b": {"type": "integer", "required": True, "description": "By how much to postpone the due date, in days."},
        },
        "usage": "Postpones the visit's due date by that many days.",
        "error_messages": [],
        "output_details": {"due_date": {"type": "string", "description": "The visit's due date now."}},
        "effects": {"reads": ["visits"], "writes": ["visits"]},
    }
    clock: JsonObject = {"now": {"value": "2026-01-01T09:00:00"}}
    state: JsonObject = {"visits": {"VS-1": {"due_date": "2026-02-27"}}, "clock": clock}
    answer = simulated(tool, state, {"a": "VS-1", "b": 3}, [])
    assert answer["response"] == {"due_date": "2026-03-02"}
    assert [change["attributes"] for change in objects(answer["changes"])] == [{"due_date": "2026-03-02"}]


@pytest.mark.parametrize(
    ("text", "days", "then"),
    [
        ("2026-02-27", 3, "2026-03-02"),
        ("2026-03-01T09:00:00", -1, "2026-02-28T09:00:00"),
        ("soon", 1, ""),
        ("2026-13-01", 1, ""),
    ],
)
def test_days_after(text: str, days: int, then: str) -> None:
    """Dates and moments move by whole days; what is neither stays unanswered."""
    assert days_after(text, days) == then


def test_rules_in_other_words() -> None:
    """The same precondition is read from each way to say it."""
    types: list[Json] = [
        {
            "name": "visit",
            "collection": "visits",
            "id_prefix": "VS-",
            "attributes": [{"name": "status", "type": "string", "enum": ["new", "on_hold", "done"]}],
        }
    ]
    for usage in (
        "Only a visit whose status is new or on hold can be closed.",
        "The visit must be new or on hold.",
        "The visit's status must be new or on hold.",
        "The visit has to be new or on hold.",
        "It works only on a visit that is new or on hold.",
        "Allowed only while the visit is new or on hold.",
        "Possible only as long as the visit's status is new or on hold.",
        "The visit must not be done.",
        "No visit whose status is done can be closed.",
        "Only new or on hold visits can be closed.",
    ):
        tool: JsonObject = {
            **TOOL,
            "tool_description": "Close a visit.",
            "effects": {"reads": [], "writes": ["visits"]},
        }
        own: JsonObject = {"visit_id": {"type": "string", "required": True, "description": "Id of the visit."}}
        tool |= {"usage": f"{usage} Sets the visit's status to done.", "parameters": own}
        found: list[Json] = []
        for status in ("new", "on_hold", "done"):
            state: JsonObject = {"visits": {"VS-1": {"status": status}}, "clock": {"now": {"value": ""}}}
            found.append(simulated(tool, state, {"visit_id": "VS-1"}, cast(list[JsonObject], types))["status_code"])
        assert found == [200, 200, 400], usage


def test_word_forms_of_the_lexicon() -> None:
    """Plurals lead back to their nouns; verbs of states are words that people write."""
    entries = load_lexicon().fields.values()
    nouns = {thing.noun.casefold().replace("-", " ") for entry in entries for thing in entry.things}
    assert [noun for noun in nouns if singular(plural(noun)) != noun] == []
    assert [verb_into(state) for state in ("felled", "backfilled", "repaired", "invited", "voided", "expired")] == [
        "fell", "backfill", "repair", "invite", "void", "mark as expired",
    ]  # fmt: skip
    assert [participle(verb) for verb in ("edit", "bring forward", "fulfil", "ship")] == [
        "edited", "brought forward", "fulfilled", "shipped",
    ]  # fmt: skip
    assert [third_person(verb) for verb in ("staff", "carry out", "go over")] == ["staffs", "carries out", "goes over"]
    assert [flag_words("insured"), flag_words("helipad"), flag_words("pets", many=True)] == [
        "is insured", "has a helipad", "have pets",
    ]  # fmt: skip


def test_spans_are_whole_words() -> None:
    """A phrase is found where it stands by itself, not inside a longer word."""
    assert list(spans("date", "update date, end_date; date")) == [(7, 11), (23, 27)]
    assert list(spans("BK-1", "BK-10 and BK-1.", "_-")) == [(10, 14)]
    assert list(spans("", "x")) == []
