"""The parts of a run as the watchdog sees them: stages with items in work, endpoints, logs and datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from queues import AdmissionGate
from synthtools_stream.engine.progress import Meter, StageView
from synthtools_stream.engine.watchdog import Part

__all__ = ["Inbox", "MovingParts", "NamedGate"]


class Inbox(Protocol):
    """Something that takes work in and does it later, such as the writer of a file."""

    @property
    def pending(self) -> int:
        """Pieces that are taken and not done."""
        ...

    @property
    def settled(self) -> int:
        """Pieces that are done."""
        ...


class NamedGate(Protocol):
    """An endpoint behind its gate."""

    @property
    def name(self) -> str:
        """The endpoint's name or address."""
        ...

    @property
    def gate(self) -> AdmissionGate:
        """The gate before it."""
        ...


@dataclass(frozen=True)
class MovingParts:
    """Makes a look's parts of what moves."""

    views: Sequence[StageView]
    endpoints: Sequence[NamedGate]
    meter: Meter
    inboxes: dict[str, Inbox]
    """By what they are called, such as `the datasets`."""

    def __call__(self) -> list[Part]:
        """Return all parts as they stand now."""
        return [*self._endpoints(), *self._inboxes(), *self._stages()]

    def _endpoints(self) -> Iterator[Part]:
        gates = {id(endpoint.gate): endpoint for endpoint in self.endpoints}  # several models may share one
        for endpoint in gates.values():
            held = endpoint.gate.statistics()
            told = f"{_counted(held.in_flight, 'request')} in flight, none answered"
            if held.oldest is not None:
                told += f"; the oldest is for {held.oldest.label}, {held.oldest.age_s:.0f} s old"
            yield Part(f"endpoint {endpoint.name}", held.in_flight, held.admitted - held.in_flight, told)

    def _inboxes(self) -> Iterator[Part]:
        for name, inbox in self.inboxes.items():
            told = f"{_counted(inbox.pending, 'outcome')} to be written, none is"
            yield Part(name, inbox.pending, inbox.settled, told)

    def _stages(self) -> Iterator[Part]:
        gates = {id(endpoint.gate): endpoint.gate for endpoint in self.endpoints}.values()
        closing = any(gate.closed for gate in gates)
        queued = [gate.statistics().waiting for gate in gates]
        for view in self.views:
            running, inbox = view.running(), view.inbox()
            told = f"{_counted(running, 'item')} in work and {inbox.depth} queued, none settled and no reply used"
            waits = closing or any(waiting.get(view.group) for waiting in queued)
            moved = view.settled() + self.meter.by_stage[view.group]
            yield Part(f"stage {view.name}", running, moved, told, is_last=True, held_back=waits)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
