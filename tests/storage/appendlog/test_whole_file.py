"""Whole files: there at the end, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import StorageError
from synthtools_stream.storage.appendlog.whole_file import put_file, whole_file


def test_it_takes_the_place_at_the_end(tmp_path: Path) -> None:
    """Until then what was there stands; folders on the way are made."""
    place = tmp_path / "deep" / "file"
    put_file(place, b"old")
    with whole_file(place) as beside:
        beside.write_bytes(b"new")
        assert place.read_bytes() == b"old"
    assert place.read_bytes() == b"new"
    assert [*place.parent.iterdir()] == [place]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a file nor a stray one."""
    place = tmp_path / "file"
    put_file(place, b"old")

    def half() -> None:
        with whole_file(place) as beside:
            beside.write_bytes(b"half")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        half()
    assert place.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [place]


def test_disk_that_refuses(tmp_path: Path) -> None:
    """One line that names the file."""
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(StorageError, match="taken"):
        put_file(tmp_path / "taken" / "file", b"")
