"""What code finds wrong with a typed answer: keys that were promised, lists, rows of nobody, and unasked writes."""

from __future__ import annotations

from typing import Any

import pytest

from synthtools_stream.records import Attribute, Change, Effects, EntityType, OutputField, Parameter, State, Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.simulator.list_check import list_problems
from synthtools_stream.simulator.output_check import listed_keys
from synthtools_stream.simulator.write_check import idle_changes
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import MOVE, NOTIFY, TYPES, world

VESSELS = [{"vessel_id": "VS-81", "name": "Castor", "eta": "2026-03-16"}, {"vessel_id": "VS-77", "name": "Hanna"}]


def searching(**parts: Any) -> Tool:
    """Return a search for vessels."""
    plain: dict[str, Any] = {
        "tool_name": "SearchVessels",
        "tool_description": "List vessels.",
        "usage": "Read-only. Sorted by eta, latest first; ties by id.",
        "parameters": {
            "name": Parameter(type="string", description="Only vessels of this name."),
            "most": Parameter(type="integer", default=5, description="How many vessels to return at most."),
        },
        "output_details": {
            "vessels": OutputField(type="array", description="Matching vessels: vessel_id, name, eta; at most 10."),
            "count": OutputField(type="integer", description="How many vessels match."),
        },
        "effects": Effects(reads=["vessels"]),
    }
    return Tool.model_validate({**plain, **parts})


COUNT = OutputField(type="integer", description="How many vessels match.")
LOOK = Tool(
    tool_name="GetVessel",
    tool_description="Look up a vessel.",
    parameters={"vessel_id": Parameter(type="string", required=True)},
    output_details={"vessel": OutputField(type="object", description="The vessel: name, eta, capacity_left.")},
    effects=Effects(reads=["vessels"]),
)


def problems(tool: Tool, arguments: JsonObject, response: JsonObject, *changes: Change) -> str:
    """Return all that is wrong with an answer, in one text."""
    return "; ".join(answer_problems(Answer(200, response, None, changes), tool, arguments, world(), TYPES))


def vessel(name: str, *keys: str) -> JsonObject:
    """Return what a list says of a vessel."""
    shown: JsonObject = {"vessel_id": name}
    return {**shown, **{key: world()["vessels"][name][key] for key in keys or ("name", "eta")}}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The vessel: name, eta.", ("name", "eta")),
        ("Matching vessels: vessel_id, name; at most 10.", ("vessel_id", "name")),
        ("vessel_id, name, eta", ("vessel_id", "name", "eta")),
        ("The vessel: name.", ("name",)),
        ("name", ()),
        ("Id of the new vessel.", ()),
        ("All vessels, with name and eta.", ()),
        ("", ()),
    ],
)
def test_listed_keys_are_read_from_a_description(text: str, keys: tuple[str, ...]) -> None:
    """A list of names after a colon, or alone, is a promise; prose is none."""
    assert listed_keys(text) == keys


def test_what_is_inside_must_be_as_described() -> None:
    """An object holds the keys that its description lists, and nothing that is made up."""
    whole = {name: world()["vessels"]["VS-77"][name] for name in ("name", "eta", "capacity_left")}
    asked: JsonObject = {"vessel_id": "VS-77"}
    assert problems(LOOK, asked, {"vessel": whole}) == ""
    assert problems(LOOK, asked, {"vessel": {"vessel_id": "VS-77", **whole}}) == ""
    assert "lacks 'eta'" in problems(LOOK, asked, {"vessel": {k: v for k, v in whole.items() if k != "eta"}})
    assert "lacks 'name'" in problems(LOOK, asked, {"vessel": {}})
    assert "holds 'mood', which nothing names" in problems(LOOK, asked, {"vessel": {**whole, "mood": "good"}})


def test_unnamed_objects_are_somebody() -> None:
    """An object without an id is about the entity that the call names, or else must be true of one that there is."""
    castor: JsonObject = {"name": "Castor", "eta": "2026-03-16", "capacity_left": 40}
    assert "'Castor', but after the changes the state holds 'Hanna'" in problems(
        LOOK, {"vessel_id": "VS-77"}, {"vessel": castor}
    )
    some = searching(output_details={"vessels": OutputField(type="array")}, usage="")
    assert problems(some, {}, {"vessels": [castor]}) == ""
    assert "true of no vessel" in problems(some, {}, {"vessels": [{**castor, "eta": "2026-03-14"}]})


def test_plain_answers_are_about_what_was_named() -> None:
    """Attributes at the top are those of what the call names, or of what that refers to."""
    details = {name: OutputField(type="string") for name in ("status", "eta")}
    status = LOOK.model_copy(update={"output_details": details, "parameters": NOTIFY.parameters})
    asked: JsonObject = {"booking_id": "BK-2041"}
    assert problems(status, asked, {"status": "confirmed", "eta": "2026-03-14"}) == ""
    assert "response.status is 'requested'" in problems(status, asked, {"status": "requested", "eta": "2026-03-14"})
    assert "response.eta is '2026-03-16'" in problems(status, asked, {"status": "confirmed", "eta": "2026-03-16"})


@pytest.mark.parametrize(
    ("names", "count", "arguments", "problem"),
    [
        (["VS-81", "VS-77"], 2, {"most": 5}, ""),
        (["VS-77", "VS-81"], 2, {"most": 5}, "not sorted by eta"),
        (["VS-81"], 2, {"most": 1}, ""),
        (["VS-81"], 2, {"most": 5}, "count is 2, but 1 are shown"),
        (["VS-81", "VS-77"], 2, {"most": 1}, "shows 2, but at most 1 are wanted"),
        (["VS-81", "VS-81"], 2, {"most": 5}, "twice"),
    ],
)
def test_lists_keep_their_promises(names: list[str], count: int, arguments: JsonObject, problem: str) -> None:
    """A list is sorted as said, no longer than wanted, counted right, and shows nothing twice."""
    response: JsonObject = {"vessels": [vessel(name) for name in names], "count": count}
    found = problems(searching(), arguments, response)
    assert problem in found if problem else found == ""


@pytest.mark.parametrize(
    ("usage", "names", "problem"),
    [
        ("Sorted by eta, earliest first; ties by id, nulls last.", ["VS-81", "VS-82"], ""),
        ("Sorted by eta, earliest first; ties by id, nulls last.", ["VS-82", "VS-81"], "VS-82 stands before VS-81"),
        ("Sorted by eta, latest first; ties are broken by their ids.", ["VS-82", "VS-81"], "VS-82 stands before VS-81"),
        ("Sorted by eta, earliest first.", ["VS-82", "VS-81"], ""),
    ],
)
def test_ties_go_by_id_where_the_tool_says_so(usage: str, names: list[str], problem: str) -> None:
    """Two that the order leaves equal stand in the order of their ids, whichever end comes first."""
    twin: JsonObject = {"vessel_id": "VS-82", "name": "Pollux", "eta": "2026-03-16"}
    by_name: JsonObject = {"VS-81": vessel("VS-81"), "VS-82": twin}
    response: JsonObject = {"vessels": [by_name[name] for name in names]}
    owners = {"VS-81": "vessels", "VS-82": "vessels"}
    found = "; ".join(list_problems(response, searching(usage=usage), {}, owners))
    assert problem in found if problem else found == ""


def test_words_of_their_own_order() -> None:
    """Only dates and numbers have an order that code knows: high comes before low, whatever their letters say."""
    words = "Read-only. Sorted by name, highest first."
    response: JsonObject = {"vessels": [vessel("VS-81"), vessel("VS-77")], "count": 2}
    assert problems(searching(usage=words), {"most": 5}, response) == ""


def test_a_bound_is_no_limit() -> None:
    """A number that bounds something else says nothing of how long the list may be."""
    party = Parameter(type="integer", description="Size of the party, at most 8 people.")
    tool = searching(parameters={"party": party})
    assert problems(tool, {"party": 1}, {"vessels": [vessel("VS-81"), vessel("VS-77")], "count": 2}) == ""


@pytest.mark.parametrize(
    ("told", "two", "one"),
    [
        ("Largest number of vessels to return.", "shows 2, but at most 1 are wanted", ""),
        ("Size of a page.", "", ""),
    ],
)
def test_limit_told_in_other_words(told: str, two: str, one: str) -> None:
    """A limit is kept, and where nobody can tell it for one a list of just that length may be cut."""
    tool = searching(parameters={"most": Parameter(type="integer", description=told)})
    shown: JsonObject = {"vessels": [vessel("VS-81"), vessel("VS-77")], "count": 2}
    found = problems(tool, {"most": 1}, shown)
    assert two in found
    assert bool(found) == bool(two)
    assert problems(tool, {"most": 1}, {"vessels": [vessel("VS-81")], "count": 2}) == one


def test_cut_told_in_prose() -> None:
    """A tool that cuts its lists by a number of its own counts what it does not show."""
    parameters: JsonObject = {}
    one: JsonObject = {"vessels": [vessel("VS-81")], "count": 2}
    told = {"vessels": OutputField(type="array", description="Matching vessels."), "count": COUNT}
    plain = searching(parameters=parameters, output_details=told)
    assert "count is 2" in problems(plain, {}, one)
    assert problems(searching(**{**told_in(plain), "usage": "Read-only. Shows up to 1 vessel."}), {}, one) == ""


def test_items_are_somebody() -> None:
    """What a list shows is somebody: an item whose every id is null was made up."""
    shown: JsonObject = {"vessels": [{**vessel("VS-81"), "vessel_id": None}], "count": 1}
    assert "vessels[0] has no id" in problems(searching(), {"most": 5}, shown)


def test_objects_inside_an_attribute_are_its_own() -> None:
    """What lies inside an entity's attribute is no other entity, though its keys are those of one."""
    dues = Attribute(name="dues", type="array", description="What is due.")
    dated = Attribute(name="eta", type="string", format="date", description="When.")
    types = [
        EntityType(name="vessel", collection="vessels", id_prefix="VS-", attributes=[dues]),
        EntityType(name="call", collection="calls", id_prefix="PC-", attributes=[dated]),
    ]
    state: State = {"vessels": {"VS-1": {"dues": [{"eta": "2026-03-16"}]}}, "calls": {}}
    told = {"vessel_id": OutputField(type="string"), "dues": OutputField(type="array", description="Its dues.")}
    tool = LOOK.model_copy(update={"output_details": told})
    for shown, right in (("2026-03-16", True), ("2026-03-17", False)):
        answer = Answer(200, {"vessel_id": "VS-1", "dues": [{"eta": shown}]}, None, ())
        assert (list(answer_problems(answer, tool, {"vessel_id": "VS-1"}, state, types)) == []) is right


def told_in(tool: Tool) -> dict[str, Any]:
    """Return the parts of a tool by name."""
    return {"parameters": tool.parameters, "output_details": tool.output_details}


def update(collection: str, name: str, **attributes: Json) -> Change:
    """Return an update."""
    return Change(op="update", collection=collection, id=name, attributes=attributes)


MOVED: JsonObject = {"booking_id": "BK-2041", "vessel_id": "VS-81"}
PLAIN = update("bookings", "BK-2041", vessel_id="VS-81")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ([PLAIN], ""),
        ([update("bookings", "BK-2041", vessel_id="VS-81", shipper="Alba")], ""),
        (
            [update("bookings", "BK-2041", vessel_id="VS-81", containers=13)],
            "nothing speaks of changing its containers",
        ),
        ([PLAIN, update("bookings", "BK-2057", vessel_id="VS-81")], "BK-2057: nobody spoke of it"),
        ([update("bookings", "BK-2041", vessel_id="VS-77")], "the state holds 'VS-77'"),
        ([PLAIN, Change(op="create", collection="bookings", id="$new1")], ""),
    ],
)
def test_writes_are_what_was_asked_for(changes: list[Change], problem: str) -> None:
    """Nobody's attribute or entity is changed unasked; writing what is there already is no change."""
    found = problems(MOVE, MOVED, MOVED, *changes)
    assert problem in found if problem else found == ""


def notice(number: int, **parts: Json) -> Change:
    """Return the creation of a notice."""
    given: JsonObject = {"booking_id": "BK-2041", "channel": "sms", "text": "Hello", **parts}
    return Change(op="create", collection="notices", id=f"$new{number}", attributes=given)


@pytest.mark.parametrize(
    ("changes", "shown", "problem"),
    [
        ([notice(1)], "$new1", ""),
        ([notice(1, text="Other words")], "$new1", ""),
        ([notice(1, channel="email")], "$new1", "channel is 'email', but the call gave 'sms'"),
        ([notice(1), notice(2)], "$new1", "the same is created 2 times"),
        ([notice(1)], None, "response.notice_id is null, though $new1 was created"),
        ([notice(1)], 7, "response.notice_id is '7', which is no entity's id"),
    ],
)
def test_creations_are_what_the_call_gave(changes: list[Change], shown: Json, problem: str) -> None:
    """What is created holds what was given, volatile wording aside, stands there once, and is shown."""
    told = NOTIFY.model_copy(update={"usage": "Creates a notice."})
    arguments: JsonObject = {"booking_id": "BK-2041", "channel": "sms", "text": "Hello"}
    found = problems(told, arguments, {"notice_id": shown, "booking_id": "BK-2041"}, *changes)
    assert problem in found if problem else found == ""


def test_null_for_what_the_call_gave_is_wrong() -> None:
    """An id that the call gave is not shown as null."""
    assert "response.booking_id is null" in problems(MOVE, MOVED, {**MOVED, "booking_id": None}, PLAIN)


def test_recorded_changes_change_something() -> None:
    """An update that sets what is there is idle, also after another change."""
    assert list(idle_changes([PLAIN], world())) == []
    assert list(idle_changes([PLAIN, PLAIN], world())) == ["the update of bookings/BK-2041 changes nothing"]
    assert list(idle_changes([update("bookings", "BK-2041", containers=12)], world())) != []


def raising(**parts: Any) -> Tool:
    """Return a tool that raises how many containers a booking has."""
    plain: dict[str, Any] = {
        "tool_name": "RaiseContainers",
        "tool_description": "Raise a booking's containers.",
        "usage": "Raises the booking's containers by that amount.",
        "parameters": {"booking_id": Parameter(type="string"), "amount": Parameter(type="integer")},
        "output_details": {"booking_id": OutputField(type="string")},
        "effects": Effects(reads=["bookings"], writes=["bookings"]),
    }
    return Tool.model_validate({**plain, **parts})


@pytest.mark.parametrize(("new", "right"), [(17, True), (7, True), (18, False), (5, False)])
def test_numbers_rise_and_fall_by_what_the_call_gives(new: int, right: bool) -> None:
    """Where a tool says that it raises or lowers by that amount, some number moves by that very amount."""
    asked: JsonObject = {"booking_id": "BK-2041", "amount": 5}
    found = problems(raising(), asked, {"booking_id": "BK-2041"}, update("bookings", "BK-2041", containers=new))
    assert found == ("" if right else "nothing rises or falls by 5, though the tool says so")


@pytest.mark.parametrize(
    ("given", "stored", "right"),
    [
        ({"new_shipper": "Alba Marine"}, "Alba Marine", True),
        ({"new_shipper": "Alba Marine"}, "alba marine ", True),
        ({"new_shipper": "Alba Marine"}, "Alba Marine Ltd", False),
        ({"shipper": "Alba Marine"}, "Nord Marine", False),
        ({"shipper": "2026-03-16"}, "2026-03-16T00:00:00", True),
        ({"shipper": "2026-03-16"}, "2026-03-17", False),
    ],
)
def test_new_values_are_stored_as_given(given: JsonObject, stored: str, right: bool) -> None:
    """What a call gives for an attribute, under its name or as its new value, is what is stored."""
    parameters = {"booking_id": Parameter(type="string"), **{name: Parameter(type="string") for name in given}}
    tool = raising(usage="Sets the booking's shipper.", parameters=parameters)
    asked: JsonObject = {"booking_id": "BK-2041", **given}
    found = problems(tool, asked, {"booking_id": "BK-2041"}, update("bookings", "BK-2041", shipper=stored))
    assert ("but the call gave" not in found) == right
