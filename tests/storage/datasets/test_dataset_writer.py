# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthtools_stream.errors import StorageError
from synthtools_stream.storage.appendlog.disk import write_all
from synthtools_stream.storage.datasets.dataset_writer import DatasetRow, DatasetWriter
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal, read_outcomes

KINDS = {"tool": "tools.jsonl", "rejected": "rejected.jsonl"}


def rows_of(outcome: Outcome) -> Iterator[DatasetRow]:
    if outcome.kind is OutcomeKind.REJECTED:
        yield DatasetRow("rejected", {"id": outcome.item, "reason": outcome.reason})
    for row in outcome.outputs:
        yield DatasetRow("tool", row)


def outcome(number: int) -> Outcome:
    if number % 3 == 2:
        return Outcome("audit", f"i{number}", OutcomeKind.REJECTED, reason="unfit")
    return Outcome("audit", f"i{number}", OutcomeKind.DONE, outputs=[{"id": f"i{number}.{k}"} for k in range(2)])


OUTCOMES = [outcome(number) for number in range(6)]
TOOLS = b"".join(b'{"id":"i%d.%d"}\n' % (n, k) for n in (0, 1, 3, 4) for k in range(2))
REJECTED = b"".join(b'{"id":"i%d","reason":"unfit"}\n' % n for n in (2, 5))


def assert_whole(run_dir: Path) -> None:
    assert (run_dir / "tools.jsonl").read_bytes() == TOOLS
    assert (run_dir / "rejected.jsonl").read_bytes() == REJECTED


async def reopen(run_dir: Path, known: int = 6) -> None:
    """Open datasets of a run whose journal knows `known` outcomes, and project the rest."""
    writer = DatasetWriter(run_dir, KINDS, rows_of)
    await writer.open(OUTCOMES[:known])
    for one in OUTCOMES[known:]:
        writer.take(one)
        await writer.room()
    await writer.aclose()
    await writer.aclose()
    assert_whole(run_dir)


@pytest.mark.parametrize("known", range(7))
async def test_rows_in_order(tmp_path: Path, known: int) -> None:
    """Rows stand in journal order, whether found in the journal or projected live."""
    await reopen(tmp_path, known)


async def test_any_prefix_is_mended(tmp_path: Path) -> None:
    """Wherever a dataset was torn, opening it again completes it."""
    for size in range(len(TOOLS) + 1):
        (tmp_path / "tools.jsonl").write_bytes(TOOLS[:size])
        await reopen(tmp_path, known=4)


@pytest.mark.parametrize("known", [2, 6])
async def test_mismatch_is_rebuilt(tmp_path: Path, known: int) -> None:
    """A dataset with a wrong row is made again; what killed processes left beside it is cleared away."""
    (tmp_path / "tools.jsonl").write_bytes(TOOLS.replace(b"i1.0", b"xx.0"))
    for epoch in range(3):
        (tmp_path / f".tools.jsonl.e{epoch:06d}").write_bytes(b"left over from a crash\n" * 99)
    writer = DatasetWriter(tmp_path, KINDS, rows_of, epoch=2)
    await writer.open(OUTCOMES[:known])
    for one in OUTCOMES[known:]:
        writer.take(one)
        await writer.room()
    await writer.aclose()
    assert_whole(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(KINDS.values())


async def test_overtaken_writer_spoils_nothing(tmp_path: Path) -> None:
    """Who was overtaken writes to a file that nobody sees; who was so before it was ready takes no dataset's place."""
    zombie, successor = DatasetWriter(tmp_path, KINDS, rows_of), DatasetWriter(tmp_path, KINDS, rows_of, epoch=2)
    await zombie.open(OUTCOMES[:2])
    await successor.open(OUTCOMES[:3])
    late = DatasetWriter(tmp_path, KINDS, rows_of, epoch=1, overtaken=lambda: True)
    await late.open([])
    for number in (3, 4, 5):
        late.take(OUTCOMES[0])
        successor.take(OUTCOMES[number])
        zombie.take(OUTCOMES[-number])
    await late.aclose()
    await successor.aclose()
    await zombie.aclose()
    assert_whole(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(KINDS.values())


async def test_surplus_rows_are_cut(tmp_path: Path) -> None:
    """Rows that the journal does not have are taken away, and come again with their outcomes."""
    (tmp_path / "tools.jsonl").write_bytes(TOOLS)
    writer = DatasetWriter(tmp_path, KINDS, rows_of)
    await writer.open(OUTCOMES[:1])
    assert (tmp_path / "tools.jsonl").read_bytes() == TOOLS[: len(TOOLS) // 4]
    await writer.aclose()


async def test_rows_show_at_once(tmp_path: Path) -> None:
    """Without anything further to do, a projected row is on disk, not in a buffer."""
    written = asyncio.Event()
    loop = asyncio.get_running_loop()

    def write(fd: int, data: bytes, offset: int) -> None:
        write_all(fd, data, offset)
        if data.startswith(b'{"id":"i0.0"}'):
            loop.call_soon_threadsafe(written.set)

    writer = DatasetWriter(tmp_path, KINDS, rows_of, write=write)
    await writer.open([])
    writer.take(OUTCOMES[0])
    await written.wait()
    assert (tmp_path / "tools.jsonl").read_bytes() == TOOLS[: len(TOOLS) // 4]
    await writer.aclose()


async def test_full_inbox_holds_back(tmp_path: Path) -> None:
    """A full inbox makes `room` wait until the rows are taken."""
    opened = threading.Event()

    def write(fd: int, data: bytes, offset: int) -> None:
        if data:
            opened.wait()
        write_all(fd, data, offset)

    writer = DatasetWriter(tmp_path, KINDS, rows_of, inbox=2, write=write)
    await writer.open([])
    writer.take(OUTCOMES[0])
    await writer.room()
    await asyncio.sleep(0)
    for one in OUTCOMES[1:3]:
        writer.take(one)
    waiting = asyncio.create_task(writer.room())
    for _ in range(9):
        await asyncio.sleep(0)
    assert not waiting.done()
    opened.set()
    await waiting
    for one in OUTCOMES[3:]:
        writer.take(one)
        await writer.room()
    await writer.aclose()
    assert_whole(tmp_path)


async def test_full_disk_then_reopen(tmp_path: Path) -> None:
    """A refused write stops the run through `room`; the next open completes the datasets."""
    budget = 40

    def write(fd: int, data: bytes, offset: int) -> None:
        nonlocal budget
        write_all(fd, data[:budget], offset)
        budget -= len(data)
        if budget < 0:
            budget = 0
            raise OSError(errno.ENOSPC, "No space left on device")

    writer = DatasetWriter(tmp_path, KINDS, rows_of, write=write)
    await writer.open([])
    for one in OUTCOMES:
        writer.take(one)
    with pytest.raises(StorageError, match="No space left"):
        await writer.aclose()
    with pytest.raises(StorageError):
        await writer.room()
    assert TOOLS.startswith((tmp_path / "tools.jsonl").read_bytes())
    await reopen(tmp_path)


async def test_follows_a_journal(tmp_path: Path) -> None:
    """Subscribed to a journal, datasets keep its order under concurrent appends and across a restart."""
    for start in (0, 50):
        journal = await Journal.open(tmp_path, "digest")
        writer = DatasetWriter(tmp_path, KINDS, rows_of, inbox=4)
        if start:
            await writer.open(read_outcomes(tmp_path))
        else:
            await writer.open([])
        journal.subscribe(writer.take, writer.room)
        await asyncio.gather(*(journal.append(outcome(number)) for number in range(start, start + 50)))
        await journal.aclose()
        await writer.aclose()
    expected = [row.row["id"] for one in read_outcomes(tmp_path) for row in rows_of(one) if row.kind == "tool"]
    lines = (tmp_path / "tools.jsonl").read_text().splitlines()
    assert lines == [f'{{"id":"{row_id}"}}' for row_id in expected]
    assert len(lines) == 134


async def test_cut_journal_cuts_datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever in its last two batches a journal is cut, the datasets become what stands in it, and grow from there."""

    def unsynced(_fd: int) -> None:
        """Do not wait for the disk, which would be a thousand times."""

    monkeypatch.setattr(os, "fsync", unsynced)
    monkeypatch.setattr(os, "fdatasync", unsynced)
    ends: list[int] = []
    path = tmp_path / "journal.jsonl"
    journal = await Journal.open(tmp_path, "config")
    for part in (OUTCOMES[:2], OUTCOMES[2:4], OUTCOMES[4:]):
        await asyncio.gather(*map(journal.append, part))
        ends.append(path.stat().st_size)
    await journal.aclose()
    whole = path.read_bytes()
    await reopen(tmp_path)
    for size in range(ends[0], len(whole) + 1):
        path.write_bytes(whole[:size])
        standing = list(read_outcomes(tmp_path))
        assert len(standing) == 2 * sum(size >= end for end in ends)
        journal = await Journal.open(tmp_path, "config")
        writer = DatasetWriter(tmp_path, KINDS, rows_of)
        await writer.open(journal.earlier())
        tools = (tmp_path / "tools.jsonl").read_bytes()
        assert tools == TOOLS[: len(tools)]
        assert tools.count(b"\n") == sum(len(one.outputs) for one in standing)
        if size % 16 == 0:
            journal.subscribe(writer.take, writer.room)
            await asyncio.gather(*map(journal.append, OUTCOMES[len(standing) :]))
        await journal.aclose()
        await writer.aclose()
        if size % 16 == 0:
            assert_whole(tmp_path)
            for later in tmp_path.glob("journal-e*"):
                later.unlink()
