"""The index of rows: built once, gone on with, built anew where the files are others."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import Kind
from synthtools_stream.storage.datasets.reader_notes import Notes
from synthtools_stream.view.row_index.row_list import RowFilter, RowList
from synthtools_stream.view.row_index.stored_index import StoredIndex, index_path
from synthtools_stream.view.row_sources import find_sources
from synthtools_stream.view.shown_kinds import ShownKind
from tests.export.exported import attempt, corpus, task

TASKS = [task(f"a_spec_000_seq{number:02}") for number in range(3)]


@contextmanager
def opened(*paths: Path, told: list[int] | None = None) -> Generator[StoredIndex]:
    """Open the index of some paths where it belongs."""
    sources = find_sources(paths)
    with closing(StoredIndex(sources, index_path(sources), lambda done, _: (told or []).append(done))) as index:
        yield index


def ids(index: StoredIndex, kind: ShownKind = ShownKind.attempts, words: str = "") -> list[str]:
    """Return the ids of all rows in which words stand."""
    return [row.id for row in RowList(index.database, Notes()).page(kind, RowFilter(words=words), 0, 100)]


def add(path: Path, line: bytes) -> None:
    """Append to a file."""
    with path.open("ab") as file:
        file.write(line)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A directory with three tasks and an attempt at each."""
    return corpus(tmp_path / "run", TASKS, [attempt(0, one) for one in TASKS])


def test_built_once(run: Path) -> None:
    """What is found the second time was built the first."""
    with opened(run) as index:
        found = ids(index)
        assert found == [f"{one.id}#r0" for one in TASKS]
    told: list[int] = []
    before = (run / "view.index").stat()
    with opened(run, told=told) as index:
        assert ids(index) == found
    assert told == []
    assert (run / "view.index").stat().st_ino == before.st_ino


def test_rows_that_come_later(run: Path) -> None:
    """They are found without anything being built anew; half a line waits for its other half."""
    path = run / Kind.trajectories
    line = path.read_bytes().splitlines(keepends=True)[0].replace(b"#r0", b"#r1")
    with opened(run) as index:
        add(path, line[:100])
        index.refresh()
        assert len(ids(index)) == 3
        add(path, line[100:])
        index.refresh()
        assert ids(index)[3:] == [f"{TASKS[0].id}#r1"]
    with opened(run) as index:
        assert len(ids(index)) == 4


def test_a_last_line_without_an_end(run: Path) -> None:
    """It is a row, and still one, once, when the line goes on to its end."""
    path = run / Kind.trajectories
    line = path.read_bytes().splitlines()[0].replace(b"#r0", b"#r1")
    with opened(run) as index:
        add(path, line)
        index.refresh()
        assert len(ids(index)) == 4
        add(path, b"\n")
        index.refresh()
        assert len(ids(index)) == 4
        assert len(ids(index, words="castor")) == 4


def test_of_one_id_the_last_row_counts(run: Path) -> None:
    """In search as well: words of the row before are nobody's any more."""
    path = run / Kind.trajectories
    first = path.read_bytes().splitlines(keepends=True)[0]
    add(path, first.replace(b"Castor", b"Pollux"))
    with opened(run) as index:
        assert len(ids(index)) == 3
        assert ids(index, words="pollux") == [f"{TASKS[0].id}#r0"]
        assert f"{TASKS[0].id}#r0" not in ids(index, words="castor")


def test_another_file_under_the_name(run: Path) -> None:
    """One that became smaller, or begins otherwise, or was written anew: the index is built anew."""
    path = run / Kind.trajectories
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for content, left in (
        (b"".join(lines[:1]), 1),
        (whole.replace(b"a_spec_000", b"b_spec_000") + lines[0].replace(b"#r0", b"#r9"), 4),
        (whole.replace(b"a_spec_000", b"c_spec_000"), 3),
    ):
        with opened(run) as index:
            path.write_bytes(content)
            os.utime(path, ns=(left, left))
            index.refresh()
            assert len(ids(index)) == left
        with opened(run) as index:
            assert len(ids(index)) == left


def test_an_index_that_is_none(run: Path) -> None:
    """Of another version, of other files, or damaged: it is built anew."""
    index_file = run / "view.index"
    with opened(run):
        pass
    with closing(sqlite3.connect(index_file)) as database:
        database.execute("PRAGMA user_version = 999")
    with opened(run) as index:
        assert len(ids(index)) == 3
    index_file.write_bytes(b"no database at all" * 100)
    with opened(run) as index:
        assert len(ids(index)) == 3


def test_where_nothing_can_be_written(run: Path) -> None:
    """The index goes with its object, and leaves nothing behind."""
    with closing(StoredIndex(find_sources([run]), None, lambda _done, _all: None)) as index:
        assert len(ids(index)) == 3
    assert not (run / "view.index").exists()


def test_beside_a_file_and_for_several(run: Path, tmp_path: Path) -> None:
    """A file's index has its name; several paths have one together."""
    other = corpus(tmp_path / "other", [task("z_spec_000_seq00")], [])
    assert index_path(find_sources([run / Kind.tasks])) == run / f"{Kind.tasks}.index"
    together = index_path(find_sources([run, other]))
    assert together is not None
    assert together.parent == run
    assert together != index_path(find_sources([run]))
    with opened(run, other) as index:
        assert len(ids(index, ShownKind.tasks)) == 4


def test_one_row_in_two_files(run: Path, tmp_path: Path) -> None:
    """Nobody could tell which is meant."""
    other = corpus(tmp_path / "copy", TASKS[:1], [])
    with (
        pytest.raises(UsageError, match=r"copy/task_content\.jsonl: 'a_spec_000_seq00' is in another of the files"),
        opened(run, other),
    ):
        pass


def test_a_line_that_holds_no_row(run: Path) -> None:
    """It is a row all the same, whose page says what is wrong."""
    add(run / Kind.trajectories, b'{"id": \n')
    with opened(run) as index:
        found = ids(index)
        (name,) = set(found) - {f"{one.id}#r0" for one in TASKS}
        row = RowList(index.database, Notes()).row(ShownKind.attempts, name)
        assert row is not None
        assert (row.line, row.title) == (4, "the line is not JSON: unexpected end of data: line 2 column 1 (char 8)")


def test_two_viewers_of_one_run(run: Path) -> None:
    """Whoever sees new rows first takes them in, once for both."""
    path = run / Kind.trajectories
    first = path.read_bytes().splitlines(keepends=True)[0]
    with opened(run) as one, opened(run) as other:
        for number in range(1, 4):
            add(path, first.replace(b"#r0", b"#r%d" % number))
            for viewer in (one, other) if number % 2 else (other, one):
                viewer.refresh()
            assert len(ids(one)) == len(ids(other)) == 3 + number
        assert one.database.execute("SELECT max(n) FROM row").fetchone() == (9,)


def test_a_run_that_has_only_begun(tmp_path: Path) -> None:
    """It holds no rows, and is looked at all the same; they are there once they come."""
    run = tmp_path / "run"
    run.mkdir()
    head = {"format": "synthtools-stream/run", "version": 1, "content": {}, "content_digest": ""}
    (run / "run.json").write_bytes(orjson.dumps(head))
    with opened(run) as index:
        assert ids(index) == []
        corpus(run, TASKS, [attempt(0, TASKS[0])])
        for _ in range(3):
            index.refresh()
        assert ids(index) == [f"{TASKS[0].id}#r0"]
        assert len(ids(index, ShownKind.tasks)) == 3
