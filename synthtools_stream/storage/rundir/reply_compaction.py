"""Which replies nobody will ask for again, and dropping them from a run that is not running; what stays is sealed.

Datasets are sealed, too: whoever reads rows here finds them under the names that they had (`datasets/line_file`).

A resumed run reads the outcomes of finished items from its journal and never asks for them again, so their replies
serve no purpose but the record's. An item is *spent* when it has been through every stage that goes under its id and
has ended there; a task, whose simulator's replies are shared by all attempts at it, when all of these have ended, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.appendlog.lineage import Part, counted_parts
from synthtools_stream.storage.appendlog.log_file import bytes_on_disk, log_exists
from synthtools_stream.storage.appendlog.log_format import header_line
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.log_replacement import rewrite_log
from synthtools_stream.storage.appendlog.sealed_log import seal
from synthtools_stream.storage.appendlog.segment_reader import read_part
from synthtools_stream.storage.appendlog.segments import Segments
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import has_journal, journal_segments, read_seen
from synthtools_stream.storage.journal.reply_log import REPLY_FORMAT, reply_head, reply_segments
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.jsontypes import object_at
from synthtools_stream.values.phases import UNTOLD, Phase, Phases

__all__ = ["Compacted", "SpentItems", "bytes_of_run", "compact", "replies_compacted", "seal_logs", "usage_compacted"]

REMEMBERED = 4096
"""Spent items that are remembered; replies of one item stand close together, so the latest few serve."""
TASKS = ("evolution", "summarizing")
"""The stages that a task goes through under its own id."""
CHAINS: dict[str, tuple[tuple[str, ...], ...]] = {
    "fields": (
        ("generation.subfields",),
        ("generation.scenarios",),
        ("generation.blueprint", "sequencing"),
        ("generation.tool", "auditing"),
        TASKS,
        ("rollout",),
    ),
    "given": (("generation.blueprint", "sequencing"), ("generation.tool", "auditing"), TASKS, ("rollout",)),
    "environments": (("sequencing",), ("generation.tool", "auditing"), TASKS, ("rollout",)),
    "tools": (("sequencing",), TASKS, ("rollout",)),
    "drafts": (("summarizing",), ("rollout",)),
    "tasks": (("rollout",),),
}
"""By where a run starts: the stages that items of one id go through, in order."""


class SpentItems:
    """Tells whether an item's replies are of no more use."""

    def __init__(self, seen: Callable[[str, str], OutcomeKind | None], start: str, rollouts: int) -> None:
        """`seen` tells how an item last left a stage; `start` is where the run starts."""
        self._seen = seen
        self._chains = CHAINS.get(start, ())
        self._tasks_first = start == "tasks"
        self._rollouts = rollouts
        self._known: set[str] = set()  # what is spent once stays so, and replies of one item stand close together

    def __call__(self, owner: str) -> bool:
        """Tell whether the item that a reply belongs to is spent."""
        if owner in self._known:
            return True
        # The answers to an audit's probes belong to `<tool>/<probe>.<repeat>`.
        tool = owner.rpartition("/")[0]
        spent = self._is_spent(owner) or (tool != "" and self._went(("generation.tool", "auditing"), tool))
        if spent:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known.add(owner)
        return spent

    def _is_spent(self, item: str) -> bool:
        if self._tasks_first and self._rolled_out(item):
            return True
        return any(self._went(chain, item) for chain in self._chains)

    def _went(self, chain: tuple[str, ...], item: str) -> bool:
        """Tell whether an item has ended on its way through a chain of stages."""
        for stage in chain:
            kind = self._seen(stage, item)
            if kind is None or not kind.finished:
                return False
            if kind is OutcomeKind.REJECTED:
                return True
        return chain[-1] != "summarizing" or self._rolled_out(item)

    def _rolled_out(self, task: str) -> bool:
        kinds = (self._seen("rollout", f"{task}#r{number}") for number in range(self._rollouts))
        return all(kind is not None and kind.finished for kind in kinds)


@dataclass
class Compacted:
    """What a compaction did; the bytes are those of journal, replies and datasets on disk."""

    kept: int = 0
    dropped: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


def compact(
    directory: Path, datasets: Iterable[str] = (), *, keep_replies: bool = False, phases: Phases = UNTOLD
) -> Compacted:
    """Drop the replies of spent items from a run that nobody is running, and seal its logs and `datasets`.

    Segments are replaced one by one, so that it may be interrupted at any time.

    :raises RunDirectoryError: where there is no run, or one is running.
    :raises LogDamage: for a damaged log.
    :raises StorageError: when the disk refuses something.
    """
    record = read_run(directory)
    if record is None:
        raise RunDirectoryError(f"{directory}: there is no run here")
    report = Compacted()
    with RunLock(directory):
        report.bytes_before = bytes_of_run(directory, datasets)
        if has_journal(directory):
            run = RunDirectory(directory, record)
            content = object_at(record, "content")
            rollouts = content.get("rollouts")
            spent = SpentItems(
                read_seen(directory, run.digest, phases),
                str(content.get("start")),
                rollouts if isinstance(rollouts, int) else 0,
            )
            if not keep_replies:
                _drop(run, spent, report, phases)
            seal_logs(directory, phases)
            there = [path for path in (directory / name for name in datasets) if path.exists()]
            with phases.phase("compressing the datasets", "files", of=len(there)) as phase:
                for path in phase.counting(there):
                    seal(path)
        report.bytes_after = bytes_of_run(directory, datasets)
    return report


def seal_logs(directory: Path, phases: Phases = UNTOLD) -> None:
    """Seal the logs of a run that is finished, or that nobody is running.

    :raises StorageError: when the disk refuses it; what could not be sealed stands as it was.
    """
    for segments in (journal_segments(directory), reply_segments(directory)):
        segments.seal(phases)


def bytes_of_run(directory: Path, datasets: Iterable[str]) -> int:
    """Return the bytes on disk of a run's logs and of those of its `datasets` that are there.

    :raises StorageError: when the disk cannot be read.
    """
    both = (journal_segments(directory), reply_segments(directory))
    paths = [logs.path(segment) for logs in both for segment in logs.present()]
    paths += [path for path in (directory / name for name in datasets) if log_exists(path)]
    with disk_faults(directory):
        return sum(map(bytes_on_disk, paths))


def usage_compacted(run: RunDirectory) -> Usage:
    """Return what the replies cost that were dropped from a run's log."""
    return Usage(
        _noted(run, "prompt_tokens"),
        _noted(run, "completion_tokens"),
        _noted(run, "cached_tokens"),
    )


def replies_compacted(run: RunDirectory) -> int:
    """Count the replies that were dropped from a run's log."""
    return _noted(run, "replies")


def _noted(run: RunDirectory, key: str) -> int:
    known = run.compacted.get(key)
    return known if isinstance(known, int) else 0


def _drop(run: RunDirectory, spent: Callable[[str], bool], report: Compacted, phases: Phases) -> None:
    segments = reply_segments(run.path)
    with phases.phase("dropping replies", of_bytes=segments.size()) as phase:
        for part in counted_parts(segments):
            _drop_from(run, segments, part, spent, report, phase)


def _drop_from(
    run: RunDirectory, segments: Segments, part: Part, spent: Callable[[str], bool], report: Compacted, phase: Phase
) -> None:
    path = segments.path(part.segment)
    usage, dropped = Usage(), 0
    reader = LogReader(path, REPLY_FORMAT, run.digest)
    for record in read_part(reader, part):
        phase.step(record.position.length)
        head = reply_head(path, record)
        if spent(head.item):
            usage, dropped = usage + head.usage, dropped + 1
        else:
            report.kept += 1
    if dropped:
        # Noted first: a crash in between makes the run look dearer than it was, never cheaper.
        _note(run, dropped, usage)
        header = header_line(REPLY_FORMAT, run.digest, part.segment.epoch)
        rewrite_log(path, header, _kept(path, run.digest, spent))
    report.dropped += dropped


def _kept(path: Path, digest: str, spent: Callable[[str], bool]) -> Iterator[bytes]:
    for record in LogReader(path, REPLY_FORMAT, digest):
        if not spent(reply_head(path, record).item):
            yield record.payload


def _note(run: RunDirectory, dropped: int, usage: Usage) -> None:
    total = usage + usage_compacted(run)
    run.note_compaction(
        {
            "replies": dropped + replies_compacted(run),
            "prompt_tokens": total.prompt_tokens,
            "completion_tokens": total.completion_tokens,
            "cached_tokens": total.cached_tokens,
        }
    )
