"""The folder that an export writes: files that lines are added to, and how far they are good.

`export.json` says what was asked for, of which files, and how long each file was when so many rows were done. Lines
behind that are of a process that was killed, and go; the next one goes on from there.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import orjson
from pydantic import ValidationError

from synthtools_stream.errors import UsageError
from synthtools_stream.export.export_format import Item, LeftOut, WholeFile
from synthtools_stream.records.record import Record
from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["LEFT_OUT", "ExportFolder"]

MANIFEST = "export.json"
LEFT_OUT = "left_out.jsonl"
"""Rows that the format cannot hold, or nobody can read, with the reason."""
_HELD_BYTES = 8 << 20
"""Bytes of lines that are held before they are written: one file is opened for many lines."""


class Standing(Record):
    """What stands in `export.json`."""

    format: str = "synthtools-stream/export"
    version: int = 1
    asked: JsonObject
    """Everything that decides the bytes: format, choices, selection, split, and the files with their sizes."""
    done: dict[str, int]
    """Rows of each kind that are done."""
    bytes: dict[str, int]
    """Of each file that are good."""
    lines: dict[str, int]
    left_out: dict[str, int]
    """How many, by reason."""
    finished: bool = False


@dataclass
class ExportFolder:
    """An open export; `checkpoint` makes what was added so far good."""

    path: Path
    asked: JsonObject
    done: Counter[str] = field(default_factory=Counter[str])
    lines: Counter[str] = field(default_factory=Counter[str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    finished: bool = False
    _bytes: Counter[str] = field(default_factory=Counter[str])
    _held: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    _whole: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _held_bytes: int = 0

    @classmethod
    def open(cls, path: Path, asked: JsonObject) -> Self:
        """Begin an export, or go on with the one that the folder holds.

        :raises UsageError: when the folder holds anything else.
        :raises StorageError: when the disk refuses it.
        """
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path}: not a folder; name one that is not there yet")
        manifest = path / MANIFEST
        if not manifest.exists():
            if path.is_dir() and any(path.iterdir()):
                raise UsageError(f"{path}: holds something else; name a folder that is not there yet")
            return cls._begun(path, asked)
        try:
            standing = Standing.model_validate_json(manifest.read_bytes())
        except (OSError, ValidationError) as error:
            raise UsageError(f"{manifest}: cannot be read; name another folder, or remove this one") from error
        if standing.asked != asked:
            differs = [name for name in {**asked, **standing.asked} if standing.asked.get(name) != asked.get(name)]
            raise UsageError(
                f"{path}: holds an export of another {', '.join(differs) or 'version'}; name another folder"
            )
        return cls._continued(path, standing)

    @classmethod
    def _begun(cls, path: Path, asked: JsonObject) -> Self:
        folder = cls(path, asked)
        with disk_faults(path):
            path.mkdir(parents=True, exist_ok=True)
            folder.checkpoint()
        return folder

    @classmethod
    def _continued(cls, path: Path, standing: Standing) -> Self:
        folder = cls(
            path,
            standing.asked,
            Counter(standing.done),
            Counter(standing.lines),
            Counter(standing.left_out),
            standing.finished,
            Counter(standing.bytes),
        )
        if not standing.finished:
            folder._cut()
        return folder

    def _cut(self) -> None:
        """Take away what was written behind the last checkpoint; whole files are written again, and are the same."""
        whole = tuple(name for name in self.lines if name.endswith("/"))
        with disk_faults(self.path):
            for file in filter(Path.is_file, self.path.rglob("*")):
                name = file.relative_to(self.path).as_posix()
                if name == MANIFEST or name.startswith(whole):
                    continue
                size = self._bytes[name]
                if size:
                    os.truncate(file, size)
                else:
                    file.unlink()

    def add(self, lines: Iterable[Item]) -> None:
        """Add lines to their files; what is left out is told in `left_out.jsonl`."""
        for item in lines:
            if isinstance(item, LeftOut):
                self.left_out[item.reason] += 1
                self._hold(LEFT_OUT, orjson.dumps(item._asdict(), option=orjson.OPT_APPEND_NEWLINE))
            elif isinstance(item, WholeFile):
                self.lines[f"{item.folder}/"] += 1
                self._whole[f"{item.folder}/{item.name}"] = item.content
                self._held_bytes += len(item.content)
            else:
                self.lines[item.file] += 1
                self._hold(item.file, item.text)
        if self._held_bytes > _HELD_BYTES:
            self._write()

    def checkpoint(self, *, finished: bool = False) -> None:
        """Make everything so far durable, and say so in `export.json`.

        :raises StorageError: when the disk refuses it.
        """
        self._write()
        self.finished = finished
        standing = Standing(
            asked=self.asked,
            done=self.done,
            bytes=self._bytes,
            lines=self.lines,
            left_out=self.left_out,
            finished=finished,
        )
        self.put(MANIFEST, orjson.dumps(standing.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    def remove(self) -> None:
        """Take away an export in which nothing but left-out rows came to be.

        :raises StorageError: when the disk refuses it.
        """
        with disk_faults(self.path):
            (self.path / LEFT_OUT).unlink(missing_ok=True)
            (self.path / MANIFEST).unlink(missing_ok=True)
            if not any(self.path.iterdir()):
                self.path.rmdir()

    def put(self, name: str, content: bytes) -> None:
        """Write a whole file, in the place of one that may be there.

        :raises StorageError: when the disk refuses it.
        """
        put_file(self.path / name, content)

    def _hold(self, file: str, text: bytes) -> None:
        self._held[file].append(text)
        self._held_bytes += len(text)

    def _write(self) -> None:
        for name, texts in self._held.items():
            path = self.path / name
            with disk_faults(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.writelines(texts)
                    file.flush()
                    os.fsync(file.fileno())
            self._bytes[name] += sum(map(len, texts))
        _write_whole({self.path / name: content for name, content in self._whole.items()})
        self._held.clear()
        self._whole.clear()
        self._held_bytes = 0


def _write_whole(files: Mapping[Path, bytes]) -> None:
    """Write many whole files, all of them durable at the end.

    :raises StorageError: when the disk refuses one.
    """
    for path, content in files.items():
        with disk_faults(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
    for folder in sorted({path.parent for path in files}):
        sync_directory(folder)
