"""`labels.jsonl`: what a reader says of rows, beside the rows; of an id the last line counts.

    {"kind":"attempts","id":"<id>","label":"good","note":"…","time":"2026-03-14T09:00:00+00:00"}

Lines are only appended. A label is one word; an empty one takes it back. What is no such line is passed over: people
write into this file by hand, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.appendlog.disk import disk_faults, write_all
from synthtools_stream.storage.datasets.jsonl_reader import read_lines

__all__ = ["NOTES_FILE", "Notes", "RowNote", "append_note", "read_notes"]

NOTES_FILE = "labels.jsonl"
_LABEL_CHARS = 40
"""Characters of a label: a word for a list, not a note."""
_NOTE_CHARS = 20_000
"""Characters of a note: a page or several."""


class RowNote(NamedTuple):
    """What a reader said of a row."""

    kind: str
    """`environments`, `tools`, `tasks`, `attempts` or `rejects`."""
    id: str
    label: str
    note: str
    time: str
    """ISO 8601, with its offset."""


class Notes:
    """All that stands of what readers said."""

    def __init__(self, notes: Iterable[RowNote] = ()) -> None:
        """Take in notes in the order in which they were made."""
        self._notes: dict[tuple[str, str], RowNote] = {}
        for note in notes:
            self.add(note)

    def add(self, note: RowNote) -> None:
        """Take in one note more; it stands in the place of an earlier one."""
        self._notes.pop((note.kind, note.id), None)
        if note.label or note.note:
            self._notes[note.kind, note.id] = note

    def of(self, kind: str, row_id: str) -> RowNote | None:
        """Return what was said of a row last; None where nothing is."""
        return self._notes.get((kind, row_id))

    def by_label(self, kind: str) -> Mapping[str, Sequence[str]]:
        """Return the ids of a kind's rows, label by label."""
        found: dict[str, list[str]] = {}
        for note in self._notes.values():
            if note.kind == kind and note.label:
                found.setdefault(note.label, []).append(note.id)
        return found

    @property
    def labels(self) -> Sequence[str]:
        """All labels in use, in order."""
        return sorted({note.label for note in self._notes.values() if note.label})


def read_notes(folders: Iterable[Path]) -> Notes:
    """Read what readers said of the rows in some directories.

    :raises UsageError: when a file of theirs cannot be read.
    """
    notes = Notes()
    for folder in folders:
        path = folder / NOTES_FILE
        if path.is_file():
            for _, row in read_lines(path):
                words = [row.get(name, "") for name in RowNote._fields] if isinstance(row, dict) else []
                if words and all(isinstance(word, str) for word in words):
                    notes.add(RowNote(*map(str, words)))
    return notes


def append_note(folder: Path, note: RowNote) -> None:
    """Append a note to the directory's file.

    :raises UsageError: when the label is no word, or the note is longer than a note.
    :raises StorageError: when the disk refuses it.
    """
    if note.label and (len(note.label) > _LABEL_CHARS or not note.label.replace("-", "").replace("_", "").isalnum()):
        raise UsageError(f"a label is one word of at most {_LABEL_CHARS} letters, digits, - and _")
    if len(note.note) > _NOTE_CHARS:
        raise UsageError(f"a note has {_NOTE_CHARS:,} characters at most")
    path = folder / NOTES_FILE
    line = orjson.dumps(note._asdict(), option=orjson.OPT_APPEND_NEWLINE)
    with disk_faults(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line  # somebody's editor left the last line open
            write_all(descriptor, line, size)  # at the end, whoever else has appended meanwhile
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
