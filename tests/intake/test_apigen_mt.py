"""Salesforce/APIGen-MT-5k."""

from __future__ import annotations

from pathlib import Path

from tests.intake.intakekit import CANCEL, as_text, only


def test_a_row(tmp_path: Path) -> None:
    """Texts are texts, calls and answers have speakers of their own, and the list is the file."""
    row = {
        "conversations": [
            {"from": "human", "value": "I want to cancel an order."},
            {"from": "gpt", "value": "Which one? I could <tool_call> then."},
            {"from": "human", "value": "#W1."},
            {"from": "function_call", "value": '{"name": "cancel-order", "arguments": {"order_id": "#W1"}}'},
            {"from": "observation", "value": '{"status": "cancelled"}'},
            {"from": "gpt", "value": "Done."},
        ],
        "tools": as_text([CANCEL]),
        "system": "# Retail policy",
    }
    task = only(tmp_path, "apigen-mt", row)
    assert task.summary == "I want to cancel an order.\n\n#W1."
    assert [(step.turn, step.response) for step in task.steps] == [
        ("I want to cancel an order.\n\n#W1.", {"status": "cancelled"})
    ]
    assert [line.step for line in task.dialogue] == [0, 0]
