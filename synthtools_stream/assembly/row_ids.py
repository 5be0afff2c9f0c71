"""Ids as they stand in datasets: lineage, and the part of the run that decided what the row holds.

The part stands right behind the first thing in an id that the run made itself: `horses_spec_001@1f0c9a3e_seq03#r0` has
its environment and all that came of it from one run, `horses_spec_001@1f0c9a3e_seq03#r0@77b21d04` is another run's
attempt at that run's task. So rows of any runs may lie in one file, and what refers to a row names it as it stands
there. The journal has lineages only: there they are unique, and old run directories have no other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from synthtools_stream.proof.certificate import json_digest
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["RowIds"]

_FIRST_MADE = {
    "fields": re.compile(r".*_spec_\d+", re.DOTALL),
    "given": re.compile(r"[^.#]*_spec_\d+"),
    "environments": re.compile(r".*?(?=#r\d+\Z)", re.DOTALL),
    "tools": re.compile(r".*?(?=#r\d+\Z)", re.DOTALL),
    "drafts": re.compile(r".*?(?=#r\d+\Z)", re.DOTALL),
}
"""By where a run starts: what in an id it was given or made first; where nothing is found, the whole id."""
_FROM_THE_TOP = ("fields", "given")
"""Starts of runs that make their environments themselves."""


@dataclass(frozen=True)
class RowIds:
    """Names the rows of one run."""

    part: str
    """The run's part, such as `@1f0c9a3e`."""
    start: Literal["fields", "given", "environments", "tools", "tasks", "drafts"]

    def named(self, kind: str, row: JsonObject) -> JsonObject:
        """Return a row for the dataset of its kind with its own id, and those that it refers to, as files have them."""
        row = {**row, "id": self._own(str(row["id"]))}
        if kind == "tools" and self.start in _FROM_THE_TOP:
            setting = object_at(row, "setting")
            row["setting"] = {**setting, "id": self._own(str(setting.get("id")))}
        elif kind == "tasks":
            return self._task(row)
        elif kind == "trajectories" and self.start != "tasks":
            row["task_id"] = self._own(str(row["task_id"]))
        return row

    def _task(self, row: JsonObject) -> JsonObject:
        """Name a task and its environment, and seal it anew: the certificate's digest is of the row as it is named."""
        meta = object_at(row, "meta")
        if self.start in _FROM_THE_TOP:
            row["meta"] = {**meta, "environment": self._own(str(meta.get("environment")))}
        certificate = row.get("certificate")
        if isinstance(certificate, dict):
            row["certificate"] = {**certificate, "digest": json_digest(row)}
        return row

    def _own(self, name: str) -> str:
        first = _FIRST_MADE[self.start].match(name) if self.start in _FIRST_MADE else None
        end = first.end() if first is not None else len(name)
        return f"{name[:end]}{self.part}{name[end:]}"
