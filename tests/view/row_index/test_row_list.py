"""Rows by what they are filtered by."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from synthtools_stream.records import Fault, VerdictKind
from synthtools_stream.storage.datasets.reader_notes import Notes, RowNote
from synthtools_stream.view.row_index.filter_columns import FACETS
from synthtools_stream.view.row_index.row_list import EnvironmentCount, RowFilter, RowList, ValueCount
from synthtools_stream.view.row_index.stored_index import StoredIndex
from synthtools_stream.view.row_sources import find_sources
from synthtools_stream.view.shown_kinds import ShownKind
from tests.export.exported import attempt, corpus, task

ONE, OTHER = task("a_spec_000_seq00"), task("b_spec_000_seq00", "Bees")
ATTEMPTS = [
    attempt(0, ONE),
    attempt(1, ONE, kind=VerdictKind.unsolved, fault=Fault.agent),
    attempt(0, OTHER, kind=VerdictKind.unsolved, fault=Fault.tool),
]
NOTES = Notes([RowNote("attempts", ATTEMPTS[1].id, "good", "", ""), RowNote("tasks", OTHER.id, "good", "", "")])


@pytest.fixture
def rows(tmp_path: Path) -> Generator[RowList]:
    """Two tasks of two fields, three attempts, two labels."""
    sources = find_sources([corpus(tmp_path / "run", [ONE, OTHER], ATTEMPTS)])
    with closing(StoredIndex(sources, None, lambda _done, _all: None)) as index:
        yield RowList(index.database, NOTES)


def found(rows: RowList, wanted: RowFilter, kind: ShownKind = ShownKind.attempts) -> list[str]:
    """Return the ids of the rows that are wanted, and see that they are counted right."""
    ids = [row.id for row in rows.page(kind, wanted, 0, 10)]
    assert rows.count(kind, wanted) == len(ids)
    return ids


def test_filters_together(rows: RowList) -> None:
    """Each leaves out what is not of its value."""
    unsolved = {"verdict": "unsolved"}
    assert found(rows, RowFilter(unsolved)) == [ATTEMPTS[1].id, ATTEMPTS[2].id]
    assert found(rows, RowFilter({**unsolved, "fault": "tool"})) == [ATTEMPTS[2].id]
    assert found(rows, RowFilter({**unsolved, "field": "Freight"}, words="castor")) == [ATTEMPTS[1].id]
    assert found(rows, RowFilter({"task": OTHER.id})) == [ATTEMPTS[2].id]
    assert found(rows, RowFilter({"environment": "b_spec_000"}), ShownKind.tasks) == [OTHER.id]
    assert found(rows, RowFilter({"length": "5"}, label="good")) == [ATTEMPTS[1].id]
    assert found(rows, RowFilter(label="nobody's")) == []


def test_pages_in_the_files_order(rows: RowList) -> None:
    """One after the other, without a row twice."""
    pages = [rows.page(ShownKind.attempts, RowFilter(), start, 2) for start in (0, 2, 4)]
    assert [[row.id for row in page] for page in pages] == [[one.id for one in ATTEMPTS[:2]], [ATTEMPTS[2].id], []]


@pytest.mark.parametrize(
    ("words", "role", "hits"),
    [
        ("castor", "", 3),
        ("castor", "assistant", 3),
        ("castor", "user", 0),
        ("BK-2057 zoe", "user", 3),
        ('"then move"', "user", 3),
        ('"move then"', "user", 0),
        ("look-ups", "reasoning", 3),
        ("look*", "assistant", 0),
        ("serve", "system", 3),
        ("confirm*", "assistant", 3),
        ("confirm", "assistant", 0),
        ("船", "user", 3),
        ("MoveBooking", "assistant", 3),
        ("vessels", "tool", 3),
        ('") OR NOT "a', "", 0),
        ("{user} : castor", "", 3),
        ("{user} : castor", "user", 0),
        ("…", "", 0),
        ("\x00castor", "", 3),
        ("*", "", 0),
    ],
)
def test_search_by_role(rows: RowList, words: str, role: str, hits: int) -> None:
    """All words must be there, in what that role says; nothing that is typed is more than words."""
    assert len(found(rows, RowFilter(words=words, role=role))) == hits


def test_counts_by_facet(rows: RowList) -> None:
    """Among the rows that the other filters leave: a chosen value's neighbours can still be chosen."""
    names = FACETS[ShownKind.attempts]
    facets = rows.facets(ShownKind.attempts, names, RowFilter({"verdict": "unsolved"}))
    assert list(facets) == list(names)
    assert facets["verdict"] == [ValueCount("unsolved", 2), ValueCount("solved", 1)]
    assert facets["fault"] == [ValueCount("agent", 1), ValueCount("tool", 1)]
    assert facets["field"] == [ValueCount("Bees", 1), ValueCount("Freight", 1)]
    assert facets["judge"] == []


def test_labels_are_counted(rows: RowList) -> None:
    """Of rows of that kind only."""
    assert rows.labels(ShownKind.attempts, RowFilter()) == [ValueCount("good", 1)]
    assert rows.labels(ShownKind.attempts, RowFilter({"verdict": "solved"}, label="other")) == []
    assert rows.labels(ShownKind.tools, RowFilter()) == []


def test_rows_of_environments(rows: RowList) -> None:
    """By kind, and attempts by what became of them; the first so many, and how many there are."""
    assert rows.environments(10) == [
        EnvironmentCount("a_spec_000", "Freight", 0, 1, 2, 1, 1, 0),
        EnvironmentCount("b_spec_000", "Bees", 0, 1, 1, 0, 1, 0),
    ]
    assert len(rows.environments(1)) == 1
    assert rows.count_environments() == 2
    assert rows.counts() == {ShownKind.tasks: 2, ShownKind.attempts: 3}
