"""Files and flags as users have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.cli.options import read_fields


@pytest.mark.parametrize("head", ["", "\ufeff", "\ufeff# what we need\n", "\ufeff\n"])
def test_byte_order_mark_is_no_part_of_a_field(tmp_path: Path, head: str) -> None:
    """Editors on Windows put one at the head of a file; the first field has none."""
    path = tmp_path / "fields.txt"
    path.write_text(f"{head}Port Agency\nGenealogy\n", encoding="utf-8")
    assert read_fields(path) == ["Port Agency", "Genealogy"]
