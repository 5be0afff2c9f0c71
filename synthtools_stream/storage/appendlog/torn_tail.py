"""Where a log's lines stop fitting: is this the torn tail of a write that was cut off, or damage?

A writer has one batch in hand at a time, and begins none before the last one is durable. So after a crash only the
very end of a file can be torn: half a line, or records without their commit. Nobody was told that these are safe, and
they may be cut off. An intact batch *behind* a line that does not fit proves that the line was durable once: then it
is damage, nothing may be cut, and the user must be told.

The reader (`log_reader.py`) stops before a torn tail and raises for damage; the writer (`log_writer.py`) cuts the tail
off when it opens the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.storage.appendlog.log_format import (
    Record,
    commit_line,
    intact_record,
    read_commit,
    record_head,
)

__all__ = ["is_torn_tail"]


def is_torn_tail(batch: Sequence[Record], line: bytes, rest: Iterator[bytes]) -> bool:
    """Tell whether no whole batch ends at or after `line`, the first that does not fit after the records of `batch`.

    `rest` yields the lines that follow.
    """
    heads = [record_head(position.seq, payload) for position, payload in batch]
    seq = batch[-1].position.seq if batch else 0
    while line.endswith(b"\n"):
        if commit := read_commit(line):
            if commit.seq == seq and 0 < commit.size <= len(heads) and line == commit_line(seq, heads[-commit.size :]):
                return False
            heads = []
        elif record := intact_record(line):
            heads = [*heads, record[1]] if int(record[2]) == seq + 1 else [record[1]]
            seq = int(record[2])
        else:
            heads = []
        line = next(rest, b"")
    return True
