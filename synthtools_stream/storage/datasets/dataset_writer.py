"""Writes datasets from the journal: bare JSONL, in journal order, so that any loader reads them.

The n complete lines of a dataset are the first n rows of its kind that the journal yields. A dataset holds nothing of
its own and is not synced while it is written; `DatasetWriter.open` compares what stands, byte by byte, with what the
journal yields, and mends the difference:

* what stands is kept as far as it is right, and copied to a file of this process' own, which takes the dataset's place;
* so a process from which another has taken over, and that lives on, writes to a file that nobody sees any more; one
  that was overtaken before its datasets were ready leaves alone those that stand.

Afterwards one thread writes whatever has come in, as one batch, and leaves nothing in a buffer between batches, so
`tail -f` shows each row as soon as the disk keeps up.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson

from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory, write_all
from synthtools_stream.storage.appendlog.sealed_log import sealed_path
from synthtools_stream.storage.journal.outcome import Outcome
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["DatasetRow", "DatasetWriter", "RowsOf"]

_BUFFER_BYTES = 1 << 20
"""Bytes of rows that are written in one call at most, and that are read ahead while a dataset is compared."""


class DatasetRow(NamedTuple):
    """One row for the dataset of its kind."""

    kind: str
    row: JsonObject


RowsOf = Callable[[Outcome], Iterable[DatasetRow]]
"""Derives rows from an outcome and nothing else; called in another thread."""


class DatasetWriter:
    """Keeps the datasets of a run in step with its journal.

    Use: `await writer.open(read_outcomes(run_dir))`, then `journal.subscribe(writer.take, writer.room)`.
    """

    def __init__(
        self,
        run_dir: Path,
        kinds: Mapping[str, str],
        rows_of: RowsOf,
        *,
        epoch: int = 0,
        overtaken: Callable[[], bool] = lambda: False,
        inbox: int = 512,
        write: Callable[[int, bytes, int], None] = write_all,
    ) -> None:
        """Write rows of each kind to the file that `kinds` names; hold back once `inbox` outcomes wait.

        `epoch` is that of the journal; once it was `overtaken` by a later one, whose datasets count, none of ours are
        put in their place.
        """
        self._epoch = epoch
        self._overtaken = overtaken
        self._run_dir = run_dir
        self._kinds = kinds
        self._rows_of = rows_of
        self._write = write
        self._datasets: dict[str, _Dataset] = {}
        self._limit = inbox
        self._inbox: list[Outcome] = []
        self._roomy = asyncio.Event()
        self._roomy.set()
        self._busy = False
        self._failure: BaseException | None = None
        self._closed: asyncio.Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="datasets")
        self._taken = 0
        self.settled = 0
        """Outcomes that were taken and whose rows are written."""

    @property
    def pending(self) -> int:
        """Outcomes that were taken and whose rows are not written yet."""
        return self._taken - self.settled

    async def open(self, outcomes: Iterable[Outcome] | None) -> None:
        """Bring the datasets in step with all `outcomes` of the journal so far; if that fails it can be done again.

        None says that they are in step already: that what stands is what the journal says is not looked at then.

        :raises StorageError: when the disk fails; what `outcomes` raises passes, too.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._recover, outcomes)

    def take(self, outcome: Outcome) -> None:
        """Take in the journal's next outcome; nothing is raised here, a failure shows in `room` and `aclose`."""
        if self._failure is not None:
            return
        self._inbox.append(outcome)
        self._taken += 1
        if len(self._inbox) >= self._limit:
            self._roomy.clear()
        self._wake()

    async def room(self) -> None:
        """Wait until the inbox has room.

        :raises StorageError: once a dataset could not be written.
        """
        await self._roomy.wait()
        if self._failure is not None:
            raise self._failure

    async def aclose(self) -> None:
        """Write what is pending, sync and close; may be repeated.

        :raises StorageError: if rows could not be written; the next `open` adds them.
        """
        if self._closed is None:
            self._closed = asyncio.get_running_loop().create_future()
            self._wake()
        await asyncio.shield(self._closed)
        if self._failure is not None:
            raise self._failure

    def _wake(self) -> None:
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        batch, self._inbox = self._inbox, []
        self._roomy.set()
        loop = asyncio.get_running_loop()
        if batch:
            loop.run_in_executor(self._thread, self._put, batch).add_done_callback(partial(self._after, len(batch)))
        elif self._closed is not None:
            loop.run_in_executor(self._thread, self._finish).add_done_callback(self._end)
        else:
            self._busy = False

    def _after(self, count: int, written: asyncio.Future[None]) -> None:
        self.settled += count
        self._failure = written.exception()
        if self._failure is not None:
            self._inbox.clear()
        self._next()

    def _end(self, finished: asyncio.Future[None]) -> None:
        self._failure = finished.exception() or self._failure
        self._thread.shutdown(wait=False)
        if self._closed is not None:
            self._closed.set_result(None)

    def _recover(self, outcomes: Iterable[Outcome] | None) -> None:
        self._release()
        for kind, name in self._kinds.items():
            self._datasets[kind] = _Dataset(self._run_dir / name, self._epoch, self._write)
            if outcomes is None:
                self._datasets[kind].trust()
        for outcome in outcomes or ():
            for kind, line in self._lines(outcome):
                self._datasets[kind].confirm(line)
        for dataset in self._datasets.values():
            dataset.complete()
        if not self._overtaken():
            for dataset in self._datasets.values():
                dataset.put_in_place()

    def _put(self, batch: list[Outcome]) -> None:
        for outcome in batch:
            for kind, line in self._lines(outcome):
                self._datasets[kind].add(line)
        for dataset in self._datasets.values():
            dataset.flush()

    def _finish(self) -> None:
        try:
            if self._failure is None:
                for dataset in self._datasets.values():
                    dataset.sync()
        finally:
            self._release()

    def _release(self) -> None:
        while self._datasets:
            self._datasets.popitem()[1].close()

    def _lines(self, outcome: Outcome) -> Iterable[_Line]:
        for kind, row in self._rows_of(outcome):
            yield _Line(kind, orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


class _Line(NamedTuple):
    kind: str
    line: bytes


class _Dataset:
    """One dataset's file, and how much of it is known to be right.

    :raises StorageError: by every method, when the disk refuses something.
    """

    def __init__(self, path: Path, epoch: int, write: Callable[[int, bytes, int], None]) -> None:
        self.path = path
        self._write = write
        self._beside = path.with_name(f".{path.name}.e{epoch:06d}")
        self._buffer = bytearray()
        self._end = 0
        with disk_faults(path):
            self._clear(epoch)
            self._fd = os.open(self._beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            self._standing = path.open("rb", buffering=_BUFFER_BYTES) if path.exists() else None

    def confirm(self, line: bytes) -> None:
        """Compare the next standing line with the row that belongs there, until they differ; then add."""
        with disk_faults(self.path):
            if self._standing is not None:
                if self._standing.readline() == line:
                    self._end += len(line)
                    return
                self._take_over(self._standing)
        self.add(line)

    def trust(self) -> None:
        """Take what stands for right."""
        if self._standing is not None:
            with disk_faults(self.path):
                self._end = os.fstat(self._standing.fileno()).st_size

    def complete(self) -> None:
        """Write what lacks, and make it durable."""
        with disk_faults(self.path):
            if self._standing is not None:
                self._take_over(self._standing)
            self.flush()
            os.fsync(self._fd)

    def put_in_place(self) -> None:
        """Let our file take the place of the one that stands; who has that one open sees no more rows."""
        with disk_faults(self.path):
            self._beside.replace(self.path)
            sealed_path(self.path).unlink(missing_ok=True)  # it may hold fewer rows than ours
            sync_directory(self.path.parent)

    def add(self, line: bytes) -> None:
        self._buffer += line
        if len(self._buffer) >= _BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        with disk_faults(self.path):
            self._write(self._fd, bytes(self._buffer), self._end)
        self._end += len(self._buffer)
        self._buffer.clear()

    def sync(self) -> None:
        with disk_faults(self.path):
            os.fsync(self._fd)

    def close(self) -> None:
        if self._standing is not None:
            self._standing.close()
        os.close(self._fd)
        with suppress(OSError):
            self._beside.unlink(missing_ok=True)

    def _take_over(self, standing: BinaryIO) -> None:
        """Copy what is right of the standing file, and leave it."""
        copied = 0
        while copied < self._end and (sent := os.sendfile(self._fd, standing.fileno(), copied, self._end - copied)):
            copied += sent
        standing.close()
        self._standing = None

    def _clear(self, epoch: int) -> None:
        """Clear away what earlier processes left that were killed while they made theirs."""
        for left in self.path.parent.glob(f".{self.path.name}.e*"):
            told = left.suffix.removeprefix(".e")
            if told.isdecimal() and int(told) < epoch:
                left.unlink(missing_ok=True)
