"""Repair: what is damaged in a run's logs is set aside, so that the run can go on and make it again.

A log is read line by line, and every record that is intact by its own checksum, and is an outcome or a reply, is kept,
whatever stands around it. What is not goes, byte for byte, into `quarantine.jsonl`, one line each:
`{"file","line","reason","text","raw"}`, `raw` being base64. Then the log is rewritten beside and renamed. A lost
outcome means that its item is settled again by the next run, from the replies in the log; a lost reply is asked for
again. Datasets are mended by the next run anyway. Of a sealed log that cannot be unpacked as a whole, the blocks that
can be are read in the same way, and the file itself is kept beside, as `NAME.jsonl.zst.damaged`.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.appendlog.lineage import counted_parts
from synthtools_stream.storage.appendlog.log_file import log_exists, log_size, open_log
from synthtools_stream.storage.appendlog.log_format import (
    LogFormat,
    Record,
    intact_record,
    is_intact_header,
    read_commit,
)
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.log_replacement import rewrite_log
from synthtools_stream.storage.appendlog.sealed_log import salvaged_blocks, sealed_path
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.appendlog.segments import SegmentId, Segments
from synthtools_stream.storage.journal.outcome import Outcome
from synthtools_stream.storage.journal.outcomes import JOURNAL_FORMAT, journal_segments
from synthtools_stream.storage.journal.reply_log import decode_reply, reply_segments
from synthtools_stream.storage.rundir.restored_header import built_on, header_is_intact, read_up_to, restored_header
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["QUARANTINE", "RepairedLog", "repair"]

QUARANTINE = "quarantine.jsonl"
_BLOCK_BYTES = 1 << 20
"""Bytes of a sealed log that are unpacked at once, to see whether it can be."""
SHOWN = 400
"""Characters of a damaged line that are shown as text."""


@dataclass
class RepairedLog:
    """What became of one log."""

    path: Path
    kept: int = 0
    """Records that stand."""
    lost: int = 0
    """Records that were there once and do not stand any more."""
    damaged_lines: list[int] = field(default_factory=list[int])
    """Lines that were set aside, or part of which was."""
    missing: bool = False
    """Whether the file itself was gone and is begun anew."""
    unpackable: bool = True
    """Whether a sealed log could be unpacked; what was lost with a part of it, nobody can count."""

    @property
    def whole(self) -> bool:
        """Whether nothing was wrong."""
        return self.unpackable and not (self.lost or self.damaged_lines or self.missing)


def repair(directory: Path, phases: Phases = UNTOLD) -> list[RepairedLog]:
    """Repair every log of a run that nobody is running, and tell what became of each.

    :raises RunDirectoryError: where there is no run, or one is running, or a log is none of this run's.
    :raises StorageError: when the disk refuses something.
    """
    record = read_run(directory)
    if record is None:
        raise RunDirectoryError(f"{directory}: there is no run here")
    with RunLock(directory):
        run = RunDirectory(directory, record)
        reports: list[RepairedLog] = []
        for segments in (journal_segments(directory), reply_segments(directory)):
            expected = _expected({*segments.present(), *built_on(segments)})
            with phases.phase(f"checking the {segments.name.stem}", "files", of=len(expected)) as phase:
                for segment in phase.counting(expected):
                    report = _repair(segments, segment, run.digest)
                    reports.append(report)
                    if not report.whole:
                        run.reopen()
    return reports


def _expected(found: Iterable[SegmentId]) -> list[SegmentId]:
    """Return the segments that are there, and those that must have been, oldest first."""
    last = {segment.epoch: segment.number for segment in sorted(found)}
    return [SegmentId(epoch, number) for epoch in sorted(last) for number in range(last[epoch] + 1)]


def _repair(segments: Segments, segment: SegmentId, digest: str) -> RepairedLog:
    path, log_format = segments.path(segment), segments.name.log_format
    report = RepairedLog(path)
    if not log_exists(path):
        report.missing = True
        rewrite_log(path, restored_header(segments, segment, digest), [])
    elif not _is_whole(report, segments, segment, digest):
        header, known = restored_header(segments, segment, digest), _Fitting(log_format)
        if segments.name.linear and not header_is_intact(segments, segment.epoch):
            known.take_in(SegmentReader(segments, digest, counted_parts(segments, before=segment.epoch)))
        salvage = _Salvage(report, known, read_up_to(segments, segment))
        _keep_damaged(report)
        report.kept = rewrite_log(path, header, salvage.payloads())
        report.lost = max(0, salvage.highest - report.kept - salvage.passed_over)
    return report


def _is_whole(report: RepairedLog, segments: Segments, segment: SegmentId, digest: str) -> bool:
    """Read a log as a run would, and count its records."""
    log_format = segments.name.log_format
    reader = LogReader(report.path, log_format, digest)
    fitting = _Fitting(log_format)
    count = 0
    try:
        for item in reader:
            count += 1
            if fitting.problem(item.payload):
                return False
        followed = SegmentId(segment.epoch, segment.number + 1) in segments.present()
        if followed and log_size(report.path) != reader.end:
            return False
    except LogDamage:
        return False
    except RunDirectoryError:
        if is_intact_header(next(_lines(report.path), b"")):
            raise  # it is whole, and another run's
        return False
    report.kept = count
    return True


def _keep_damaged(report: RepairedLog) -> None:
    """Keep a sealed log that cannot be unpacked: of what is lost in it, no line can be set aside."""
    with disk_faults(report.path):
        try:
            with open_log(report.path) as file:
                while file.read(_BLOCK_BYTES):
                    pass
        except LogDamage:
            report.unpackable = False
            sealed = sealed_path(report.path)
            shutil.copyfile(sealed, sealed.with_name(f"{sealed.name}.damaged"))


def _lines(path: Path) -> Iterator[bytes]:
    """Yield a log's lines as far as they can be read; a line in which something is lost ends there.

    :raises StorageError: when the disk cannot be read.
    """
    with disk_faults(path):
        if path.exists():
            with path.open("rb") as file:
                yield from file
            return
        rest = b""
        for block in salvaged_blocks(path):
            *lines, rest = (rest + block).split(b"\n")
            yield from (line + b"\n" for line in lines)
        if rest:
            yield rest


class _Fitting:
    """Finds records that cannot stand, however intact: what is none of ours, and second outcomes of settled items."""

    def __init__(self, log_format: LogFormat) -> None:
        self._outcomes = log_format is JOURNAL_FORMAT
        self._finished: set[int] = set()

    def take_in(self, records: Iterable[Record]) -> None:
        """Know records that stand elsewhere."""
        for record in records:
            self.problem(record.payload)

    def problem(self, payload: bytes) -> str:
        """Say what is wrong with the log's next record; nothing mostly."""
        try:
            if self._outcomes:
                return self._twice(Outcome.decode(payload))
            decode_reply(payload)
        except ValueError as error:
            return f"this record is intact but no {'outcome' if self._outcomes else 'reply'} ({error})"
        return ""

    def _twice(self, outcome: Outcome) -> str:
        key = hash((outcome.stage, outcome.item))
        if key in self._finished:
            return "a second outcome for a finished item"
        if outcome.kind.finished:
            self._finished.add(key)
        return ""


class _Salvage:
    """Yields what is intact of a log and sets aside what is not."""

    def __init__(self, report: RepairedLog, fitting: _Fitting, last: int | None) -> None:
        """Set aside, too, what lies behind the record with the number `last`."""
        self.highest = 0
        """The highest number of a record that is known to have been there."""
        self.passed_over = 0
        """Records that were set aside because they lie behind `last`."""
        self._report = report
        self._fitting = fitting
        self._last = last

    def payloads(self) -> Iterator[bytes]:
        for number, line in enumerate(_lines(self._report.path), 1):
            if (number == 1 and is_intact_header(line)) or self._is_commit(line):
                continue
            record = intact_record(line)
            if record is None:
                # A last line without an end is one that was being written, not damage.
                if line.endswith(b"\n"):
                    self._set_aside(number, line, "this line is damaged")
                continue
            self.highest = max(self.highest, int(record[2]))
            if record.start():
                self._set_aside(number, line[: record.start()], "what stands before the record is damaged")
            if self._last is not None and int(record[2]) > self._last:
                # It would move up to the place of one that is lost, and count.
                self.passed_over += 1
                self._set_aside(number, line, "this record does not count: a later process had not read it")
            elif problem := self._fitting.problem(record[3]):
                self._set_aside(number, line, problem)
            else:
                yield record[3]

    def _is_commit(self, line: bytes) -> bool:
        commit = read_commit(line)
        if commit is None:
            return False
        self.highest = max(self.highest, commit.seq)
        return True

    def _set_aside(self, number: int, found: bytes, reason: str) -> None:
        """Keep what is damaged, byte for byte, before the log that holds it is replaced."""
        report = self._report
        report.damaged_lines.append(number)
        row: JsonObject = {
            "file": report.path.name,
            "line": number,
            "reason": reason,
            "text": found[:SHOWN].decode(errors="replace"),
            "raw": base64.b64encode(found).decode(),
        }
        with (report.path.parent / QUARANTINE).open("ab") as file:
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            file.flush()
            os.fsync(file.fileno())
