"""A tool to read: its words, its program, and how its audit went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.records.environment import AuditedTool
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.page import Page
from synthtools_stream.view.pages.program_markup import program_markup
from synthtools_stream.view.pages.tool_view import tool_view

__all__ = ["AuditFigure", "ProbeView", "probe_view", "tool_page"]


@dataclass(frozen=True)
class AuditFigure:
    """One figure of the audit; `share` is 0 to 1."""

    name: str
    words: str
    share: float | None


@dataclass(frozen=True)
class AnswerView:
    """One answer to a probe."""

    status_code: int | None
    judgment: str
    """Empty where nobody gave a usable word."""
    fault: str

    @property
    def is_wrong(self) -> bool:
        """It counts against the tool."""
        return self.judgment not in ("correct", "")


@dataclass(frozen=True)
class ProbeView:
    """One test call of the audit."""

    mode: str
    purpose: str
    call: str
    answers: Sequence[AnswerView]

    @property
    def has_failed(self) -> bool:
        """One of its answers was wrong."""
        return any(answer.is_wrong for answer in self.answers)


def tool_page(tool: AuditedTool) -> Page:
    """Return a tool's page; probes that failed stand first."""
    probes = sorted(map(probe_view, tool.probes), key=lambda probe: not probe.has_failed)
    adequacy = tool.adequacy or {}
    return Page(
        "tool.html",
        f"Tool {tool.tool_name}",
        {
            "row": tool,
            "view": tool_view(tool.tool),
            "program": program_markup(tool.program) if tool.program else None,
            "figures": list(_figures(tool)),
            "probes": probes,
            "failed": sum(probe.has_failed for probe in probes),
            "readings": _objects(adequacy.get("second_readings")),
            "written": _whole(adequacy.get("written")),
            "demoted": tool.meta.get("demoted"),
            "schema": tool.tool.to_json(),
        },
    )


def probe_view(probe: JsonObject) -> ProbeView:
    """Return a probe as it is shown, whatever its row has."""
    answers = probe.get("answers")
    return ProbeView(
        _text(probe.get("mode")),
        _text(probe.get("purpose")),
        _text(probe.get("call")),
        [_answer(answer) for answer in answers if isinstance(answer, dict)] if isinstance(answers, list) else [],
    )


def _answer(answer: JsonObject) -> AnswerView:
    status = answer.get("status_code")
    fault = "repaired" if answer.get("repaired") else _text(answer.get("fault"))
    return AnswerView(status if isinstance(status, int) else None, _text(answer.get("judgment")), fault)


def _figures(tool: AuditedTool) -> Iterator[AuditFigure]:
    yield AuditFigure("reliability", "scored answers that were right", tool.reliability)
    yield AuditFigure("stability", "repeated probes whose answers agreed", tool.stability)
    found = tool.adequacy
    if found is None:
        return
    mutants, killed = _whole(found.get("mutants")), _whole(found.get("killed_by_probes"))
    words = f"{killed} of {mutants} mutants of the program told from it by the probes"
    yield AuditFigure("adequacy", words, killed / mutants if mutants else None)
    drawn = _whole(found.get("contract_calls"))
    results = Counter(_text(part.get("result")) for part in _objects(found.get("second_readings")))
    told = ", ".join(f"{count} {name}" for name, count in sorted(results.items()))
    yield AuditFigure("contract", f"kept on {drawn} drawn calls; second readings: {told or 'none'}", None)


def _objects(value: Json) -> list[JsonObject]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
