"""Do other people's readers give back what our datasets hold? Run by `bin/readers`, with nothing of ours installed.

    python lossless.py OUT RUN [RUN …]

Reads every dataset of the runs with `datasets` (all files at once), pandas and polars, in the plainest call of each
(but that pandas rounds numbers unless told not to), and compares every row with what stands in the file: values, types,
keys and their order. Then it writes the tasks to OUT as each reader writes them. Leaves with 1, and a line for each,
where something differs.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

NAMES = ("environments", "tools", "task_content", "trajectories", "rejected")


class Reader(NamedTuple):
    """How a library reads files of lines, and how it writes what it has read."""

    library: str
    read: Callable[[Any, list[Path]], Any]
    rows: Callable[[Any], list[dict[str, Any]]]
    write: Callable[[Any, Path], object]
    ending: str


def load(datasets: Any, paths: list[Path]) -> Any:
    """Read all files into one data set, and nothing from a cache."""
    files = [str(path) for path in paths]
    return datasets.load_dataset("json", data_files=files, split="train", cache_dir=tempfile.mkdtemp())


READERS = (
    Reader("datasets", load, list, lambda loaded, path: loaded.to_parquet(str(path)), "parquet"),
    Reader("datasets", load, list, lambda loaded, path: loaded.to_json(str(path)), "jsonl"),
    Reader(
        "pandas",
        lambda pandas, paths: pandas.concat([pandas.read_json(path, lines=True, precise_float=True) for path in paths]),
        lambda frame: list(frame.to_dict("records")),
        lambda frame, path: frame.to_json(path, orient="records", lines=True),
        "jsonl",
    ),
    Reader(
        "polars",
        lambda polars, paths: polars.concat([polars.read_ndjson(path) for path in paths]),
        lambda frame: list(frame.to_dicts()),
        lambda frame, path: frame.write_parquet(path),
        "parquet",
    ),
)


def same(read: Any, written: Any) -> bool:
    """Say whether two values are the same; pandas makes 1 of 1.0, and calls its own what is a number."""
    if isinstance(written, dict):
        return list(read) == list(written) and all(same(read[key], value) for key, value in written.items())
    if isinstance(written, float):
        return bool(read == written)
    return type(read) is type(written) and bool(read == written)


def check(reader: Reader, name: str, runs: list[Path], out: Path) -> str | None:
    """Return what is wrong with one dataset in one reader."""
    paths = [path for run in runs if (path := run / f"{name}.jsonl").stat().st_size]
    written = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    loaded = reader.read(importlib.import_module(reader.library), paths)
    read = reader.rows(loaded)
    if len(read) != len(written):
        return f"{len(read)} rows of {len(written)}"
    if name == "task_content":
        reader.write(loaded, out / f"{reader.library}.{reader.ending}")
    return next((f"row {at}" for at, pair in enumerate(zip(read, written, strict=True)) if not same(*pair)), None)


def main(out: Path, runs: list[Path]) -> int:
    """Check every dataset in every reader, and say how it went."""
    wrong = 0
    for reader in READERS:
        version = importlib.import_module(reader.library).__version__
        for name in NAMES:
            problem = check(reader, name, runs, out)
            wrong += problem is not None
            print(f"{reader.library} {version} {name}: {problem or 'the same'}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]]))
