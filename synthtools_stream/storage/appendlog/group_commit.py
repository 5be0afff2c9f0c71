"""Group commit: many callers append at once, one thread makes all that is pending durable with one sync.

**Why.** A record is only used once it is on disk, and a sync takes from 0.1 ms to 10 ms whatever it carries. With one
sync a record, hundreds of requests in flight would wait in line for the disk. So while one batch is being synced,
the records that come in meanwhile gather, and go together with the next sync: the slower the disk, the larger the
batches, and the waiting stays near two syncs at any load.

**Without linger.** Nobody waits for a batch to fill: a lone record is written at once. Only what becomes ready in the
same turn of the event loop joins it, which costs nothing.

**One batch in hand.** The next batch begins when the last one is durable, and not before. So at a crash only the end
of the file can be torn (`torn_tail.py` builds on this), and what was durable is always a beginning of what was asked.

A caller that is cancelled while its record is in hand stays until the record's fate is known: it cannot be called back
from the disk, and whoever was told "cancelled" must not find it written later.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import anyio

from synthtools_stream.storage.appendlog.log_format import Position

__all__ = ["GroupCommit"]


@dataclass(slots=True, eq=False)
class _Entry:
    """A record on its way to the disk, and who waits for it."""

    payload: bytes
    done: asyncio.Future[Position]
    on_durable: Callable[[Position], None] | None
    settled: bool = False

    def settle(self, position: Position) -> None:
        self.settled = True
        try:
            if self.on_durable is not None:
                self.on_durable(position)
        except Exception as error:
            self.fail(error)
        else:
            if not self.done.done():
                self.done.set_result(position)

    def fail(self, error: BaseException) -> None:
        self.settled = True
        if not self.done.done():
            self.done.set_exception(error)


class GroupCommit:
    """Hands batches of payloads to a thread, one after the other, and tells each caller when its own is durable."""

    def __init__(self, name: str, write: Callable[[list[bytes]], list[Position]], close: Callable[[], None]) -> None:
        """`write` makes a batch durable, in the thread, or raises; `close` is called once, after the last batch."""
        self._write = write
        self._close_file = close
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._pending: list[_Entry] = []
        self._busy = False
        self.closing = False
        """Whether `aclose` was called: nothing may be appended any more."""
        self._closed: asyncio.Future[None] = self._loop.create_future()

    async def append(self, payload: bytes, on_durable: Callable[[Position], None] | None) -> Position:
        """Return once the payload is durable.

        `on_durable` is called on the loop, in the order of the appends, before anyone who waits for the batch goes on.
        """
        entry = _Entry(payload, self._loop.create_future(), on_durable)
        self._pending.append(entry)
        self._wake()
        try:
            return await entry.done
        except asyncio.CancelledError:
            await self._outlast(entry)
            raise

    async def aclose(self) -> None:
        """Write what is pending, then close, which happens even if the caller is cancelled; may be repeated."""
        if not self.closing:
            self.closing = True
            self._wake()
        await asyncio.shield(self._closed)

    async def _outlast(self, entry: _Entry) -> None:
        # anyio repeats a cancellation until it is obeyed; its shield keeps that from spinning while the disk works.
        with anyio.CancelScope(shield=True):
            while not entry.settled:
                entry.done = self._loop.create_future()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await entry.done
        if not entry.done.cancelled():
            entry.done.exception()  # the cancellation goes first; asyncio need not report the failure as unseen

    def _wake(self) -> None:
        # Not at once but after all that is ready to run: whoever appends in this turn of the loop joins the batch.
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        batch, self._pending = self._pending, []
        if batch:
            writing = self._loop.run_in_executor(self._thread, self._write, [entry.payload for entry in batch])
            writing.add_done_callback(lambda written: self._settle(batch, written))
        elif self.closing:
            self._thread.shutdown(wait=False)
            self._close_file()
            self._closed.set_result(None)
        else:
            self._busy = False

    def _settle(self, batch: list[_Entry], written: asyncio.Future[list[Position]]) -> None:
        error = written.exception()
        if error is None:
            for entry, position in zip(batch, written.result(), strict=True):
                entry.settle(position)
        else:
            for entry in batch:
                entry.fail(error)
        self._loop.call_soon(self._next)
