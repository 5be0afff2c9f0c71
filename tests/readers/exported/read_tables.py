# /// script
# dependencies = ["datasets", "pandas", "polars", "pyarrow"]
# ///
"""Do `datasets`, pandas and polars read every file of rows of every export as it stands there? Run by `bin/exports`.

Lines are compared value by value, with their types. What a library fills in is its own doing: lines have no schema,
so for `datasets` and polars nulls do not count there, and where polars refuses lines whose values are of several types,
that is polars' word. Tables have a schema, and must be the lines exactly, JSON text for what is nested.
"""

from __future__ import annotations

import csv
import importlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

datasets: Any = importlib.import_module("datasets")
pandas: Any = importlib.import_module("pandas")
polars: Any = importlib.import_module("polars")
Rows = list[dict[str, Any]]
_OURS = ("export.json", "left_out.jsonl")
_NO_ROWS = ("run", "sts")
"""Folders whose lines are no rows of an export: the run itself, and sessions, whose first line is a header."""


def by_datasets(path: Path) -> Rows:
    """Read a file with `datasets`, and nothing from a cache."""
    kind = "parquet" if path.suffix == ".parquet" else "json"
    with tempfile.TemporaryDirectory() as cache:
        return list(datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=cache))


def by_pandas(path: Path) -> Rows:
    """Read a file with pandas, told not to guess at numbers and dates."""
    if path.suffix == ".parquet":
        return [plain(row) for row in pandas.read_parquet(path).to_dict("records")]
    read = pandas.read_json(path, lines=True, precise_float=True, dtype=False)
    return [plain(row) for row in read.to_dict("records")]


def by_polars(path: Path) -> Rows:
    """Read a file with polars, all of it for its types."""
    if path.suffix == ".parquet":
        return list(polars.read_parquet(path).to_dicts())
    return list(polars.read_ndjson(path, infer_schema_length=None).to_dicts())


READERS: dict[str, Callable[[Path], Rows]] = {"datasets": by_datasets, "pandas": by_pandas, "polars": by_polars}


def plain(value: Any) -> Any:
    """Return numpy's arrays as lists, and pandas' word for nothing as None."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and value != value else value


def bare(value: Any) -> Any:
    """Return a value without keys that are null, and times as text: `datasets` takes text for a time in lines."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items() if item is not None}
    if isinstance(value, datetime):
        return value.isoformat()
    return [bare(item) for item in value] if isinstance(value, list) else value


def same(read: Any, written: Any) -> bool:
    """Say whether two values are the same: numbers as JSON knows them, and true is no number."""
    if isinstance(read, dict) and isinstance(written, dict):
        return set(read) == set(written) and all(same(read[key], item) for key, item in written.items())
    if isinstance(read, list) and isinstance(written, list):
        return len(read) == len(written) and all(map(same, read, written))
    if isinstance(read, bool) or isinstance(written, bool):
        return read is written
    return bool(read == written)


def as_text(row: Any, table: Any) -> Any:
    """Read a table's JSON text where the lines have what is no text."""
    return {
        name: json.loads(value) if isinstance(value, str) and not isinstance(row.get(name), str) else value
        for name, value in table.items()
    }


def problem(path: Path, library: str) -> str | None:
    """Return what a library makes of a file that does not stand there."""
    written = [json.loads(line) for line in path.with_suffix(".jsonl").read_bytes().splitlines()]
    try:
        read = READERS[library](path)
    except Exception as error:
        refused = library == "polars" and path.suffix == ".jsonl"
        return None if refused else f"cannot be read: {error}"
    if len(read) != len(written):
        return f"{len(read)} rows of {len(written)}"
    if path.suffix == ".parquet":
        read = [as_text(row, table) for row, table in zip(written, read, strict=True)]
    elif library != "pandas":
        read, written = bare(read), bare(written)
    else:
        names = {name for row in written for name in row}
        written = [{name: row.get(name) for name in names} for row in written]
    return next(
        (f"row {at} differs" for at, both in enumerate(zip(read, written, strict=True)) if not same(*both)), None
    )


def sheet_problem(path: Path) -> str | None:
    """Return what of a sheet is not in its lines; pandas and polars must read as many rows."""
    written = [json.loads(line) for line in path.with_suffix(".jsonl").read_bytes().splitlines()]
    with path.open(newline="") as file:
        read = list(csv.DictReader(file))
    counts = {len(read), len(pandas.read_csv(path)), polars.read_csv(path).height}
    if counts != {len(written)}:
        return f"{sorted(counts)} rows of {len(written)}"
    ids = [row["id"] for row in read] == [row["id"] for row in written]
    return None if ids else "other tasks than its lines"


def main(work: Path) -> int:
    """Read every file with every library, and say what differs."""
    wrong: list[str] = []
    count = Counter[str]()
    for path in sorted(work.glob("*/**/*.*")):
        where = path.relative_to(work)
        if {*where.parts[:2]} & {*_NO_ROWS} or path.name in _OURS:  # the hard corpus has exports of its own
            continue
        if path.suffix == ".csv":
            found = {"csv": sheet_problem(path)}
        elif path.suffix in (".jsonl", ".parquet"):
            found = {library: problem(path, library) for library in READERS}
        else:
            continue
        count[path.suffix] += 1
        wrong += [f"{where} by {library}: {said}" for library, said in found.items() if said]
    print("\n".join(wrong) or f"read alike by {', '.join(READERS)}: {dict(count)}")
    return 1 if wrong or not (count[".jsonl"] and count[".parquet"]) else 0


datasets.disable_progress_bars()
sys.exit(main(Path(sys.argv[1])))
