"""The run directory: `run.json`, what it freezes, and whether a run may go on in it.

`run.json` holds the content configuration, the digests of configuration and prompts, the versions that made the run,
what the server was found to be, and, once nothing is open or failed, under which limits the run finished. It is
replaced as a whole, never edited in place.
"""

from __future__ import annotations

import errno
import platform
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TypeGuard

import orjson

from synthtools_stream import __version__
from synthtools_stream.config import RunConfig, difference
from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.storage.journal.outcomes import has_journal, read_epoch
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["RUN_FILE", "RunDirectory", "is_last_word", "read_run"]

RUN_FILE = "run.json"
"""Where a run's record lies in its directory."""
SHOWN = 6
"""Differences of a configuration that are shown."""
FORMAT = "synthtools-stream/run"
VERSION = 1
"""Of the format of `run.json`; a program reads only the one that it writes."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the disk says when the same command may work later."""
LIMITS = ("stop_after", "max_tasks", "token_budget", "max_cost", "selection")
"""Operating keys under which a run counts as finished; raising one opens it again.

A deadline is none: a session that it ended is not finished, so the same command goes on.
"""


class RunDirectory:
    """A directory that belongs to one content configuration."""

    def __init__(self, path: Path, record: JsonObject) -> None:
        """Take over a directory whose `run.json` is `record`; call `RunDirectory.claim` instead."""
        self.path = path
        self._record = record

    @classmethod
    def claim(cls, path: Path, config: RunConfig, prompts: str) -> RunDirectory:
        """Open a run's directory, or make it; the caller holds the run lock.

        :raises RunDirectoryError: when it is another run's.
        """
        known = read_run(path)
        frozen: JsonObject = {**config.content.model_dump(mode="json"), "prompts": prompts}
        if known is not None:
            if "merged" in known:
                raise RunDirectoryError(f"{path}: holds merged shards, and no run; run the shards, and merge again")
            changed = difference(object_at(known, "content"), frozen)
            if changed:
                shown = changed[:SHOWN] + [f"and {len(changed) - SHOWN} more"] * (len(changed) > SHOWN)
                raise RunDirectoryError(
                    f"{path}: this run was made with another configuration ({'; '.join(shown)}); "
                    "use the same options, or another --out"
                )
            _check_shard(path, str(known.get("shard", "")), config.operating.shard)
            return cls(path, known)
        record: JsonObject = {
            "format": FORMAT,
            "version": VERSION,
            "content": frozen,
            "content_digest": config.content.digest(),
            "software": {"synthtools-stream": __version__, "python": platform.python_version()},
            "server": [],
            "finished": None,
            "shard": config.operating.shard,
            "timing": {"created": datetime.now(UTC).isoformat(timespec="seconds")},
        }
        directory = cls(path, record)
        directory._write()
        return directory

    @property
    def digest(self) -> str:
        """Digest of the content configuration, as it stands at the head of every log."""
        return str(self._record["content_digest"])

    @property
    def rows_digest(self) -> str:
        """Digest of all that decides the rows: the content configuration, the prompts, and the program's version."""
        content, software = object_at(self._record, "content"), object_at(self._record, "software")
        decisive = [self.digest, content.get("prompts"), software.get("synthtools-stream")]
        return blake2b(orjson.dumps(decisive), digest_size=16).hexdigest()

    def is_finished(self, config: RunConfig) -> bool:
        """Whether the run ended with nothing open or failed under these limits, and nobody has gone on since.

        :raises LogDamage: for a damaged journal.
        """
        return self._record.get("finished") == _limits(config) and is_last_word(self.path, self._record)

    def finish(self, config: RunConfig) -> None:
        """Note that nothing is open or failed under these limits, and up to which epoch of the journal that holds."""
        self._record["finished"] = _limits(config)
        self._record["epoch"] = read_epoch(self.path) if has_journal(self.path) else 0
        self._write_on()

    @property
    def datasets(self) -> JsonObject:
        """Bytes of each dataset when the run was last finished; empty where that is not known."""
        return object_at(self._record, "datasets")

    def note_datasets(self, sizes: dict[str, int]) -> None:
        """Note how the datasets were left; whatever is found otherwise later was not done by a run."""
        self._record["datasets"] = {**sizes}
        self._write_on()

    def reopen(self) -> None:
        """Note that something of the run is missing again, so that the next run looks for what is to be done."""
        self._record["finished"] = None
        self._write_on()

    def note_compaction(self, dropped: JsonObject) -> None:
        """Note what the replies cost that are no longer in the log; budgets count them all the same."""
        self._record["compacted"] = dropped
        self._write_on()

    @property
    def compacted(self) -> JsonObject:
        """What the replies cost that are no longer in the log; empty where there are none."""
        return object_at(self._record, "compacted")

    def note_server(self, facts: list[JsonObject]) -> None:
        """Note what the servers were found to be; only the latest finding is kept."""
        self._record["server"] = [*facts]
        self._write_on()

    def _write_on(self) -> None:
        """Write in the middle of a run.

        :raises StorageError: when the disk refuses it, whatever the reason: the same command goes on later.
        """
        try:
            self._write()
        except RunDirectoryError as error:
            raise StorageError(str(error)) from error

    def _write(self) -> None:
        content = orjson.dumps(self._record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        try:
            put_file(self.path / RUN_FILE, content)
        except StorageError as error:
            cause = error.__cause__
            if isinstance(cause, OSError) and cause.errno not in FULL:
                raise RunDirectoryError(f"{self.path}: cannot be written: {cause.strerror}") from error
            raise


def is_last_word(path: Path, record: JsonObject) -> bool:
    """Whether no later process has written outcomes since `record`, a run's `run.json`, was noted as finished.

    :raises LogDamage: for a damaged journal.
    """
    epoch = record.get("epoch", 0)
    return not has_journal(path) or (isinstance(epoch, int) and read_epoch(path) <= epoch)


def read_run(path: Path) -> JsonObject | None:
    """Return a run's `run.json`, or None where there is no run.

    :raises RunDirectoryError: for a file of another format, and for logs without a `run.json`.
    """
    file = path / RUN_FILE
    try:
        record = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        if has_journal(path):
            raise RunDirectoryError(f"{path}: holds a journal but no {RUN_FILE}; name another directory") from None
        return None
    except NotADirectoryError as error:
        raise RunDirectoryError(f"{path}: is a file; a run has a directory of its own") from error
    except OSError as error:
        raise RunDirectoryError(f"{file}: cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise RunDirectoryError(f"{file}: is not JSON ({error}); name another directory") from error
    if not _is_ours(record):
        raise RunDirectoryError(f"{file}: is no run of format {FORMAT} {VERSION}; name another directory")
    return record


def _check_shard(path: Path, known: str, asked: str) -> None:
    """Refuse to mix shards: each would be one more directory that nobody can tell the whole of.

    :raises RunDirectoryError: when another shard is asked for than the directory holds.
    """
    if known != asked:
        holds = f"shard {known}" if known else "no shard but the whole"
        wanted = f"shard {asked}" if asked else "the whole"
        raise RunDirectoryError(f"{path}: holds {holds}, and {wanted} is asked for; choose another --out")


def _is_ours(record: object) -> TypeGuard[JsonObject]:
    return (
        isinstance(record, dict)
        and (record.get("format"), record.get("version")) == (FORMAT, VERSION)
        and isinstance(record.get("content"), dict)
        and isinstance(record.get("content_digest"), str)
    )


def _limits(config: RunConfig) -> JsonObject:
    operating = config.operating.model_dump(mode="json")
    return {name: operating[name] for name in LIMITS}
