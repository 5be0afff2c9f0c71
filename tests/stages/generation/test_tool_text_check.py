"""What two readers would play differently is told to the tool's writer; what is settled passes."""

from __future__ import annotations

import pytest

from stages.generation.tool_drafts import _tool as written_tool
from stages.generation.tool_text_check import text_problems
from synthtools_stream.records import Attribute, Effects, EntityType, Signature
from synthtools_stream.roles.generation_roles import ToolOutput
from synthtools_stream.values.jsontypes import Json, JsonObject

HORSE = EntityType(
    name="horse",
    collection="horses",
    id_prefix="HO-",
    attributes=[Attribute(name="shoe_size", type="integer"), Attribute(name="state", type="string", enum=["in_foal"])],
)
LIST: JsonObject = {"name": "horses", "type": "array", "description": "Matching horses: horse_id, name."}
ONE: JsonObject = {"name": "name", "type": "string", "description": "Its name."}


def parameter(name: str, description: str, **more: Json) -> JsonObject:
    """Return a text parameter as a model writes it."""
    return {"name": name, "type": "string", "required": False, "description": description, **more}


def problems(*parameters: JsonObject, usage: str, writes: bool = False, **more: Json) -> list[str]:
    """Return what is open in a search, or in a tool that writes."""
    written: JsonObject = {
        "tool_description": "Do something about horses.",
        "parameters": [*parameters],
        "error_messages": [],
        "usage": usage,
        "output_details": [ONE if writes else LIST],
        **more,
    }
    effects = Effects(reads=["horses"], writes=["horses"] if writes else [])
    signature = Signature(tool_name="Horses", purpose="Horses.", effects=effects)
    return list(text_problems(written_tool(signature, ToolOutput.model_validate(written)), signature, [HORSE]))


@pytest.mark.parametrize(
    ("usage", "asked"),
    [
        ("Sorted by age, oldest first.", True),
        ("Listed by shoe size, in descending order.", True),
        ("Sorted by age, oldest first; ties by id, nulls last.", False),
        ("Sorted by age, oldest first; of the same age by id.", False),
        ("Sorted by id, lowest first.", False),
        ("Lists horses ordered by a client.", False),
        ("Read-only.", False),
    ],
)
def test_a_sorted_list_says_what_decides_ties(usage: str, asked: bool) -> None:
    """Unless it is sorted by id, which leaves none."""
    assert any("ties" in problem for problem in problems(usage=usage)) == asked
    assert not problems(usage=usage, writes=True)


def test_a_search_says_how_texts_match() -> None:
    """Free texts only: sets, ids and dates are compared as they are."""
    name = parameter("name", "Only horses with this name.")
    assert problems(name, usage="Read-only.") == [
        "usage does not say how name matches: by any part or as a whole, and whether case counts"
    ]
    assert not problems(name, usage="Texts match as a whole, in any case.")
    assert not problems(parameter("name", "Only horses whose name contains this."), usage="Read-only.")
    assert not problems(
        parameter("state", "Only horses in this state.", enum=["in_foal"]),
        parameter("rider_id", "Only horses of this rider."),
        parameter("since", "Only horses bought since, YYYY-MM-DD."),
        usage="Read-only.",
    )
    assert not problems(name, usage="Sets the horse's name.", writes=True)


def test_a_quotient_is_rounded() -> None:
    """Where something is divided, two readers differ in the last digit."""
    assert "rounded" in problems(usage="Lowers the fee by that percentage.", writes=True)[0]
    assert not problems(usage="Lowers the fee by that percentage, rounded to cents.", writes=True)


def test_another_says_whether_the_present_one_will_do() -> None:
    """In the tool's own text; a hint may advise another one."""
    told = "Gives the horse another rider."
    assert "another rider" in problems(usage=told, writes=True)[0]
    assert not problems(usage=f"{told} rider_id must differ from the horse's present rider.", writes=True)
    hints: list[Json] = ["Busy: the rider is busy; choose another rider"]
    assert not problems(usage="Sets the horse's rider.", writes=True, error_messages=hints)


def test_a_limit_stands_once() -> None:
    """One number, in the description or in a rule."""
    note = parameter("note", "A note, 300 characters at most.")
    assert problems(note, usage="note must have 160 characters at most.", writes=True) == [
        "note has several limits (160, 300 characters): state one, in one place"
    ]
    assert not problems(note, usage="Sets the note.", writes=True)


def test_hints_know_the_tool() -> None:
    """Names and numbers of error messages are those of parameters, attributes, values or rules."""
    size = parameter("size", "Its new shoe_size.", minimum=10)

    def told(line: str) -> list[str]:
        return problems(size, usage="size must be 40 at most.", writes=True, error_messages=[line])

    assert not told("TooLarge: size is above 40, or below 10; see shoe_size, in_foal and horses")
    assert told("TooLarge: size is above 45; lower it") == [
        "the error 'TooLarge: size is above 45; lower it' says 45, which no rule and no parameter does"
    ]
    assert "speaks of hoof_size" in told("TooLarge: hoof_size is too large; lower it")[0]
