"""The viewer's benchmark, tiny: every page is asked for, and is there."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.__main__ import main


def test_tiny_viewer(capsys: pytest.CaptureFixture[str]) -> None:
    """Half as many tasks as attempts; every figure is one."""
    assert main(("viewer", "--json", "--rows", "60")) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert figures["rows"] == 90
    assert all(figures[name] > 0 for name in ("index_megabytes", "first_page_ms", "row_ms", "search_ms"))
