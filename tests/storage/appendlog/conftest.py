"""Where a test's log lies."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log that is not there yet."""
    return tmp_path / "test.jsonl"
