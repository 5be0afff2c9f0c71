"""Rows of TRL's trainers."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.export.trainer_rows.trl_rows import TRLKTORows, TRLRows
from synthtools_stream.records import Fault
from tests.export.exported import MESSAGES, attempt, corpus, export, rows, task
from tests.export.trainer_rows.hard_rows import failed, passed, row_of, said


def test_messages_as_templates_take_them() -> None:
    """Arguments are objects, tools are named, there is no null; ids and parallel calls are kept."""
    tried = attempt(0)
    row = row_of(TRLRows(), tried)
    assert row["tools"] == tried.tools
    messages = row["messages"]
    assert messages[:2] == list(MESSAGES[:2])
    assert messages[2] == {
        "role": "assistant",
        "content": "",
        "reasoning_content": "Two look-ups at once.",
        "tool_calls": [
            {
                "id": f"call_000{number}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for number, name, arguments in (
                (1, "SearchVessels", {"arrive_by": "2026-03-16", "min_capacity": 12}),
                (2, "ListBookings", {"status": "confirmed", "max_results": 3}),
            )
        ],
    }
    assert messages[3] == {**MESSAGES[3], "name": "SearchVessels"}
    assert len(messages) == len(MESSAGES)


def test_preference_rows(tmp_path: Path) -> None:
    """One prompt, two ends."""
    run = corpus(tmp_path / "run", [task()], [passed(said("Yes.")), failed(said("No.")), failed(said("Hm."), number=2)])
    folder = export(run, "trl-preference", tmp_path / "out")
    assert folder.lines == {"train.jsonl": 2}
    assert rows(tmp_path / "out" / "train.jsonl") == [
        {
            "prompt": list(MESSAGES[:2]),
            "chosen": [said("Yes.")],
            "rejected": [said(text)],
            "tools": attempt(0).tools,
        }
        for text in ("No.", "Hm.")
    ]


def test_kto_rows() -> None:
    """The prompt ends where the agent begins."""
    row = row_of(TRLKTORows(), attempt(0))
    assert row["prompt"] == list(MESSAGES[:2])
    whole = row_of(TRLRows(), attempt(0))["messages"]
    assert row["completion"] == whole[2:]
    assert row["label"] is True
    assert row_of(TRLKTORows(), failed(said("No.")))["label"] is False
    with pytest.raises(Rejection, match="no_outcome"):
        row_of(TRLKTORows(), failed(said("No.")).model_copy(update={"fault": Fault.server}))
