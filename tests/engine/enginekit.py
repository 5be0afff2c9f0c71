"""Small items, stages and routes for tests of what drives the stages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from queues import Channel, Lease, Outlet, open_channel
from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.asking.role_router import Router
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.worker_pool import Pool, Route, Settled, Work
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.records import Record
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal

T = TypeVar("T")


class Note(Record):
    """An item that is nothing but its id."""

    id: str


Process: TypeAlias = Callable[[Note, Context], Awaitable[Sequence[Note]]]


class NoteStage:
    """A stage made of a function; remembers what it was given."""

    def __init__(self, name: str, process: Process | None = None) -> None:
        self._name = name
        self._process = process
        self.seen: list[str] = []

    @property
    def name(self) -> str:
        """Name of the stage."""
        return self._name

    async def process(self, item: Note, context: Context) -> Sequence[Note]:
        """Run the function; without one, the item comes out as it went in."""
        self.seen.append(item.id)
        return [item] if self._process is None else await self._process(item, context)


class Collected(Generic[T]):
    """A route that keeps what it is given."""

    def __init__(self) -> None:
        self.settled: list[Settled[T]] = []
        self.closed = 0

    async def deliver(self, settled: Settled[T], lease: Lease | None) -> None:
        """Keep it."""
        self.settled.append(settled)

    def close(self) -> None:
        """Count the closing."""
        self.closed += 1


class Bench:
    """Builds pools on one journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.asker = Asker(Router(ScriptedModel([])), PromptLibrary.load(), MemoryReplies(), seed=0)

    def pool(
        self,
        stage: NoteStage,
        outlet: Outlet[Work[Note]],
        route: Route[Note],
        workers: int = 1,
        *,
        last: bool = False,
        needed: Callable[[], bool] = lambda: True,
    ) -> Pool[Note, Note]:
        """Put `stage` between an outlet and a route."""
        return Pool(
            stage,
            Note,
            outlet,
            route,
            journal=self.journal,
            asker=self.asker,
            session_of=lambda note: note.id,
            workers=workers,
            last=last,
            needed=needed,
        )


@asynccontextmanager
async def bench(directory: Path) -> AsyncGenerator[Bench, None]:
    """Open a journal and close it at the end."""
    journal = await Journal.open(directory, "digest")
    try:
        yield Bench(journal)
    finally:
        await journal.aclose()


def channel(name: str, capacity: int = 1) -> Channel[Work[Note]]:
    """Open a channel of notes."""
    return open_channel(name, capacity)


def filled(names: Iterable[str], leases: Iterable[Lease | None] = ()) -> Outlet[Work[Note]]:
    """Return the outlet of a channel that holds these notes and is closed."""
    notes = [Note(id=name) for name in names]
    held = [*leases, *[None] * len(notes)]
    inlet, outlet = channel("in", max(1, len(notes)))
    for note, lease in zip(notes, held, strict=False):
        run_now(inlet.put(Work(note, lease)))
    inlet.close()
    return outlet


def run_now(work: Awaitable[None]) -> None:
    """Run what need not wait; a channel with room takes an item without yielding to the loop."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration:
        return
    raise AssertionError("it had to wait")


async def drain(outlet: Outlet[Work[T]]) -> list[Work[T]]:
    """Take everything until the stream ends."""
    return [work async for work in outlet]


async def turns(count: int = 20) -> None:
    """Let everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def done(name: str, *outputs: str) -> Settled[Note]:
    """Return an outcome with these outputs."""
    return Settled(name, OutcomeKind.DONE, tuple(Note(id=output) for output in outputs))


def one(note: Note) -> Sequence[Note]:
    """Expand a note into itself."""
    return (note,)


def parts(note: Note) -> list[Note]:
    """Expand a note into three."""
    return [Note(id=f"{note.id}.{number}") for number in range(3)]


class Group(Note):
    """A gathered group: what became of its members, in order."""

    members: list[str]


def group_of(head: Note, members: Sequence[Settled[Note]]) -> Group:
    """Name every member and how it ended."""
    return Group(id=head.id, members=[f"{member.item_id}:{member.kind}" for member in members])


__all__ = [
    "Bench",
    "Collected",
    "Group",
    "Note",
    "NoteStage",
    "bench",
    "channel",
    "done",
    "drain",
    "filled",
    "group_of",
    "one",
    "parts",
    "run_now",
    "turns",
]
