"""Heuristics over tools: what is empty, doubled or a placeholder, and nothing of a sound tool."""

from __future__ import annotations

import pytest

from synthtools_stream.quality.tool_heuristics import signature_faults, tool_faults, type_faults
from synthtools_stream.records import Attribute, Effects, EntityType, OutputField, Parameter, Signature, Tool

EFFECTS = Effects(reads=["hives"])


def tool(description: str = "Find hives.", **parameters: str) -> Tool:
    """Return a tool with these parameters' descriptions."""
    return Tool(
        tool_name="FindHives",
        tool_description=description,
        parameters={name: Parameter(type="string", description=text) for name, text in parameters.items()},
        output_details={"hives": OutputField(type="array", description="Matching hives: hive_id, yard.")},
        effects=EFFECTS,
    )


def test_sound_tool() -> None:
    """A tool that says what it is has no fault."""
    assert not list(tool_faults(tool(yard="Only hives of this yard.", limit="How many at most.")))


@pytest.mark.parametrize(
    ("poor", "reasons"),
    [
        (tool("", yard="Only of this yard."), ["empty_description"]),
        (tool(yard="Yard."), ["empty_description"]),
        (tool(hive_id="Id of the hive.", hiveId="Its id."), ["doubled_parameter"]),
        (tool(first="Id of the hive.", second="Id of the hive"), ["doubled_parameter"]),
        (tool(param1="Only of this yard."), ["placeholder"]),
        (tool(yard="Only of this yard, TBD."), ["placeholder"]),
    ],
)
def test_poor_tools(poor: Tool, reasons: list[str]) -> None:
    """Each flaw has its word."""
    assert [fault.reason for fault in tool_faults(poor)] == reasons


def test_signatures() -> None:
    """Two tools of one purpose are one; an empty purpose says nothing."""
    purposes = {"FindHives": "Lists hives by yard.", "ListHives": "Lists hives, by yard", "MoveHive": " "}
    made = [Signature(tool_name=name, purpose=text, effects=EFFECTS) for name, text in purposes.items()]
    assert [fault.reason for fault in signature_faults(made)] == ["near_duplicate", "empty_description"]


def test_types() -> None:
    """An attribute may say its name over again, but not nothing."""
    attributes = [
        Attribute(name="status", type="string", description="Status."),
        Attribute(name="yard", type="string"),
    ]
    kind = EntityType(name="hive", collection="hives", id_prefix="HV-", attributes=attributes)
    (fault,) = type_faults([kind])
    assert str(fault).startswith("empty_description: hives, attribute 'yard'")
