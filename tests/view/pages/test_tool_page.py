"""What a reader of a tool finds: its audit figures, and what failed first."""

from __future__ import annotations

from synthtools_stream.records import AuditedTool
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.tool_page import probe_view, tool_page
from tests.view.pages.written_page import WrittenPage, written


def probe(call: str, *judgments: str | None) -> JsonObject:
    """Return a probe whose answers were judged so."""
    answers: Json = [{"status_code": 200, "judgment": judgment} for judgment in judgments]
    return {"mode": "happy_path", "purpose": "Why.", "call": call, "answers": answers}


def page_of(**columns: Json) -> WrittenPage:
    """Return the page of a tool with these columns."""
    tool: JsonObject = {
        "tool_name": "MoveBooking",
        "tool_description": "Moves one.",
        "parameters": {
            "mode": {"type": "string", "enum": ["fast", "slow"], "default": "slow", "description": "How."},
            "stops": {"type": "array", "items": {"type": "object", "properties": {"port": {"type": "string"}}}},
        },
        "error_messages": ["NotConfirmed: only confirmed ones move", "something else: odd"],
        "effects": {"reads": ["bookings"], "writes": []},
    }
    row: JsonObject = {
        "id": "e.MoveBooking",
        "setting": {"id": "e", "field": "Freight", "subfield": "Sea", "scenario": "Moves."},
        "tool_name": "MoveBooking",
        "tool": tool,
        "reliability": 0.75,
        **columns,
    }
    page = written(tool_page(AuditedTool.from_json(row)), "e.MoveBooking", "tools")
    assert page.problems() == []
    return page


def test_failed_probes_stand_first() -> None:
    """One wrong answer is enough; one that nobody scored is none."""
    page = page_of(probes=[probe("Good()", "correct", None), probe("Bad()", "correct", "should_fail_but_passed")])
    rows = [row.words for row in page.of("tr", data_item="")]
    assert ["Bad()" in row for row in rows] == [True, False]
    assert "should fail but passed" in rows[0]
    assert "not scored" in rows[1]
    assert "1 of 2 probes failed" in page.html


def test_four_figures_of_a_coded_tool() -> None:
    """Reliability, stability, adequacy and the contract; a simulated tool has the first two."""
    readings: Json = [{"call": "A()", "result": "agreed"}, {"call": "B()", "result": "upheld"}, 3]
    adequacy: Json = {
        "contract_calls": 160,
        "mutants": 8,
        "killed_by_probes": 6,
        "second_readings": readings,
        "written": 2,
    }
    page = page_of(program="def call(state, arguments, now):\n    return ok({})\n", adequacy=adequacy)
    audit = page.at("audit").words
    assert [figure.attributes["aria-label"] for figure in page.of("meter")] == ["reliability", "stability", "adequacy"]
    assert "6 of 8 mutants" in audit
    assert "160 drawn calls; second readings: 1 agreed, 1 upheld" in audit
    assert "2 programs were written" in audit
    assert len(page_of().of("meter")) == 2


def test_words_are_told_row_by_row() -> None:
    """Closed sets, defaults and parts of parts; an error's name only where it is one."""
    words = page_of().at("words").words
    assert "one of fast, slow" in words
    assert '"slow"' in words
    assert "array of object" in words
    assert "port" in words
    assert "something else: odd" in words


def test_a_probe_of_any_form_is_shown() -> None:
    """Rows of earlier versions and of others lack this and that."""
    assert probe_view({"answers": "x"}).answers == []
    (answer,) = probe_view({"answers": [{"status_code": "x", "repaired": True}]}).answers
    assert (answer.status_code, answer.judgment, answer.fault, answer.is_wrong) == (None, "", "repaired", False)
