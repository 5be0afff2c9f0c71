"""What is said of a run's end."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.assembly import RunSummary
from synthtools_stream.cli.end_report import LABELS, say_end


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("embedded-procedural/1", "a self-test of the harness"),
        ("embedded-procedural/1; agent big", "played every role but agent"),
        ("big; simulator embedded-procedural/1", "played simulator"),
        ("big; agent small", ""),
    ],
)
def test_embedded_roles_are_named(model: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A run is a self-test only where the embedded model played every role; else its roles are named."""
    say_end(RunSummary(Path("out"), model, {}, {**dict.fromkeys(LABELS, 0)}))
    told = capsys.readouterr().out
    assert said in told
    assert ("embedded procedural" in told) == bool(said)
    assert ("self-test" in told) == (model == "embedded-procedural/1")
