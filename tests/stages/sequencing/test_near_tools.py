"""Which tools are near to those of a sequence."""

from __future__ import annotations

from stages.sequencing.near_tools import near_tools
from synthtools_stream.records import AuditedTool, Setting, Tool, ToolPool

SETTING = Setting(id="freight_spec_000", field="Freight", subfield="Ports", scenario="Calls")


def pool(*tools: tuple[str, str]) -> ToolPool:
    """Return an environment's tools, by name and description."""
    audited = [
        AuditedTool(
            id=f"{SETTING.id}.{name}",
            setting=SETTING,
            tool_name=name,
            tool=Tool(tool_name=name, tool_description=text),
            program=f"# {name}",
            reliability=1.0,
        )
        for name, text in tools
    ]
    return ToolPool(id=SETTING.id, setting=SETTING, tools=audited)


TOOLS = pool(
    ("PayInvoice", "Pay an invoice of a supplier."),
    ("MoveBooking", "Move a booking to another vessel."),
    ("CancelBooking", "Cancel a booking of a vessel."),
    ("ListSuppliers", "List suppliers by name."),
)


def test_the_nearest_come_first() -> None:
    """To whichever of the tools in use; with their programs."""
    near = near_tools(TOOLS, ["MoveBooking"], 3)
    assert near[0].tool.tool_name == "CancelBooking"
    assert near[0].program == "# CancelBooking"
    assert {one.tool.tool_name for one in near} == {"CancelBooking", "PayInvoice", "ListSuppliers"}
    assert near_tools(TOOLS, ["MoveBooking", "ListSuppliers"], 1)[0].tool.tool_name in ("CancelBooking", "PayInvoice")


def test_no_more_than_there_is_room_for() -> None:
    """Nothing where no variant wants any."""
    assert near_tools(TOOLS, ["MoveBooking"], 0) == []
    assert len(near_tools(TOOLS, ["MoveBooking"], 2)) == 2
    assert len(near_tools(TOOLS, [], 0)) == 0
