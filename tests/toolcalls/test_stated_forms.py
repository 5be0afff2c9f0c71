"""What a parameter's text states of its form, and that nothing is stated where a right value could be refused."""

from __future__ import annotations

import pytest

from synthtools_stream.records import Parameter, Tool
from synthtools_stream.toolcalls import Call, check_call, tool_json_schema
from synthtools_stream.toolcalls.stated_forms import format_stated, stated_forms

DAY = "2026-04-23"


def _tool(parameter: Parameter, usage: str = "") -> Tool:
    return Tool(tool_name="Inspect", tool_description="", parameters={"inspection_date": parameter}, usage=usage)


def _problems(value: str, description: str = "", usage: str = "", form: str | None = None) -> list[str]:
    parameter = Parameter.model_validate({"type": "string", "description": description, "format": form})
    return check_call(Call("Inspect", {"inspection_date": value}), _tool(parameter, usage))


def test_a_date_in_words_is_told_the_form() -> None:
    """The reply of a real model: 23 April 2026 where YYYY-MM-DD is asked for."""
    assert _problems("23 April 2026", "Day of the inspection, YYYY-MM-DD.") == [
        "parameter 'inspection_date' must be YYYY-MM-DD, for example 2026-04-23; got '23 April 2026'"
    ]
    assert not _problems(DAY, "Day of the inspection, YYYY-MM-DD.")


@pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01"])
def test_a_date_must_exist(value: str) -> None:
    """The form alone makes no day."""
    assert _problems(value, "Day of the inspection, YYYY-MM-DD.") == [
        f"parameter 'inspection_date' must be YYYY-MM-DD and exist, for example 2026-04-23; got '{value}'"
    ]


@pytest.mark.parametrize(
    ("description", "good", "bad"),
    [
        ("Start (YYYY-MM-DDTHH:MM:SS)", "2026-04-23T09:00:00", "2026-04-23"),
        ("Start, yyyy-mm-dd hh:mm", "2026-04-23 09:00", "2026-04-23T09:00"),
        ("Opening time, HH:MM.", "09:30", "9:30 AM"),
        ("Closing time, HH:MM (24-hour clock)", "24:00", "25:00"),
        ("YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS", DAY, "soon"),
        ("Pickups on or after this date, YYYY-MM-DD", DAY, "today"),
        ("Only firings on or after this date, YYYY-MM-DD; any date when left out.", DAY, "soon"),
        ("When it starts, as an ISO 8601 timestamp", "2026-04-23T09:00:00+02:00", "23 April, 9 am"),
        ("Day of departure (ISO 8601)", DAY, "23/04/2026"),
        ("The guest's e-mail address.", "ana@example.org", "Ana Lima"),
        ("Three-letter currency code, such as EUR.", "USD", "euros"),
        ("Id of the booking; begins with BK-.", "BK-2041", "2041"),
        ("UUID of the order.", "3f2b8c1e-5d47-4a90-9c6e-1b7f0a2d8e35", "BK-2041"),
    ],
)
def test_stated_forms_are_kept(description: str, good: str, bad: str) -> None:
    """What a description states is right, and nothing else."""
    assert not _problems(good, description)
    assert len(_problems(bad, description)) == 1


@pytest.mark.parametrize(
    "description",
    [
        "Day, such as 2026-04-23.",
        "Day, e.g. YYYY-MM-DD.",
        "Day in any form such as YYYY-MM-DD.",
        "YYYY-MM-DD or tomorrow",
        "Day as YYYY-MM-DD, or 'latest'.",
        "Day, preferably YYYY-MM-DD.",
        "DD/MM/YYYY or YYYY-MM-DD",
        "Month, YYYY-MM.",
        "Days, YYYY-MM-DD to YYYY-MM-DD.",
        "Days, YYYY-MM-DD/YYYY-MM-DD.",
        "Time, HH:MM AM/PM.",
        "Time, hh:mm a.",
        "Duration, HH:MM.",
        "Note on the visit, dates as YYYY-MM-DD.",
        "ISO 8601 duration",
        "Name or email address of the guest.",
        "Subject of the email.",
        "Id of the guest whose email address changes.",
        "Id of the booking, such as BK-1042.",
        "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    ],
)
def test_loose_words_and_examples_state_nothing(description: str) -> None:
    """An example excludes no other form, and what is not known here is not judged."""
    assert not stated_forms("inspection_date", Parameter(type="string", description=description))
    assert not _problems("whatever", description)


def test_a_format_of_the_schema_counts() -> None:
    """JSON Schema's formats are rules here; a zone may be left out, and formats unknown here say nothing."""
    assert not _problems("2026-04-23T09:00:00", form="date-time")
    assert _problems(DAY, form="date-time")
    assert _problems("9 am", form="time")
    assert _problems("example.org", form="uri")
    assert not _problems("whatever", form="hostname")


def test_a_schema_kept_whole_states_its_format() -> None:
    """Also where a parameter of other people's keeps its own schema."""
    schema = {"type": "string", "format": "date", "maxLength": 20}
    tool = _tool(Parameter(type="string", json_schema={**schema}))
    assert check_call(Call("Inspect", {"inspection_date": "soon"}), tool)


def test_a_sentence_of_the_usage_states_a_form() -> None:
    """Where it names the parameter and sets no condition."""
    assert _problems("soon", usage="Read-only. inspection_date must be YYYY-MM-DD.")
    assert not _problems("soon", usage="The report lists dates as YYYY-MM-DD.")
    assert not _problems("soon", usage="If kind is daily, inspection_date must be YYYY-MM-DD.")


def test_defaults_and_enums_are_left_alone() -> None:
    """What the schema itself names, a caller may give."""
    told = "Day, YYYY-MM-DD."
    for parameter in (
        Parameter(type="string", description=told, default="latest"),
        Parameter(type="string", description=told, enum=["latest"]),
    ):
        assert not check_call(Call("Inspect", {"inspection_date": "latest"}), _tool(parameter))


def test_items_and_properties_are_checked() -> None:
    """Each text of an array or object by its own description."""
    day = Parameter(type="string", description="A day, YYYY-MM-DD.", required=True)
    listed = Parameter(type="array", items=day)
    assert check_call(Call("Inspect", {"inspection_date": [DAY, "soon"]}), _tool(listed)) == [
        "parameter 'inspection_date[1]' must be YYYY-MM-DD, for example 2026-04-23; got 'soon'"
    ]
    held = Parameter(type="object", properties={"day": day})
    assert check_call(Call("Inspect", {"inspection_date": {"day": "soon"}}), _tool(held))


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Day, YYYY-MM-DD.", "date"),
        ("Start, YYYY-MM-DDTHH:MM:SS.", "date-time-local"),
        ("Time, HH:MM.", None),
        ("YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS", None),
        ("The guest's email address.", "email"),
        ("Anything.", None),
    ],
)
def test_a_stated_form_has_a_name(description: str, name: str | None) -> None:
    """The name under which a schema says the same."""
    assert format_stated(description) == name


def test_agents_are_told_the_format_in_words() -> None:
    """Gateways that know one format refuse the others: the description says it, once."""
    for said, told in (("", "(date)"), ("The day.", "The day. (date)"), ("Day, YYYY-MM-DD.", "Day, YYYY-MM-DD.")):
        schema = tool_json_schema(_tool(Parameter(type="string", format="date", description=said)))
        assert schema["properties"] == {"inspection_date": {"type": "string", "description": told}}
