"""What a reader says of rows, beside the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.datasets.reader_notes import NOTES_FILE, RowNote, append_note, read_notes

TIME = "2026-03-14T09:00:00+00:00"


def test_of_an_id_the_last_note_counts(tmp_path: Path) -> None:
    """Nothing is taken out of the file; an empty note takes back what was said."""
    notes = [
        RowNote("attempts", "a#r0", "good", "plain 船 \n<b>", TIME),
        RowNote("attempts", "a#r1", "good", "", TIME),
        RowNote("tasks", "a#r0", "bad", "", TIME),
        RowNote("attempts", "a#r1", "", "", TIME),
    ]
    for note in notes:
        append_note(tmp_path, note)
    read = read_notes([tmp_path])
    assert read.of("attempts", "a#r0") == notes[0]
    assert read.of("tasks", "a#r0") == notes[2]
    assert read.of("attempts", "a#r1") is None
    assert (read.by_label("attempts"), read.labels) == ({"good": ["a#r0"]}, ["bad", "good"])
    assert len((tmp_path / NOTES_FILE).read_bytes().splitlines()) == 4


def test_a_file_that_people_wrote_into(tmp_path: Path) -> None:
    """Lines that are no notes are passed over; one without an end is ended first."""
    (tmp_path / NOTES_FILE).write_text('# mine\n[1]\n{"kind":"tasks","id":3}\n{"kind":"tasks","id":"t","label":"ok"}')
    append_note(tmp_path, RowNote("tasks", "u", "ok", "", TIME))
    assert read_notes([tmp_path]).by_label("tasks") == {"ok": ["t", "u"]}


@pytest.mark.parametrize("label", ["two words", "a" * 41, "<b>", "a,b", "../x", "\x1b"])
def test_a_label_is_one_word(tmp_path: Path, label: str) -> None:
    """It stands in addresses, lists and options."""
    with pytest.raises(UsageError, match="a label is one word"):
        append_note(tmp_path, RowNote("tasks", "t", label, "", TIME))
    assert not (tmp_path / NOTES_FILE).exists()


def test_no_notes_and_no_folder(tmp_path: Path) -> None:
    """Nobody has said anything."""
    assert read_notes([tmp_path, tmp_path / "nowhere"]).labels == []
