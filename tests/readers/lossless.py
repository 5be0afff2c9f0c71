"""Do other people's readers give back what our datasets hold? Run by `bin/readers`, with nothing of ours installed.

    python lossless.py OUT RUN [RUN …]

Reads every dataset of the runs with `datasets` (all files at once), pandas and polars, in the plainest call of each
(but that pandas rounds numbers unless told not to), and compares every row with what stands in the file: values, types,
keys and their order. What each has read it also writes to OUT. Leaves with 1, and a line for each, where something
differs.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

NAMES = ("environments", "tools", "task_content", "trajectories", "rejected")


def through_datasets(paths: list[Path], out: Path) -> list[dict[str, Any]]:
    """Read all files into one data set, and nothing from a cache."""
    files = [str(path) for path in paths]
    load: Any = importlib.import_module("datasets").load_dataset
    loaded = load("json", data_files=files, split="train", cache_dir=tempfile.mkdtemp(dir=out))
    loaded.to_parquet(str(out / "datasets.parquet"))
    loaded.to_json(str(out / "datasets.jsonl"))
    return list(loaded)


def through_pandas(paths: list[Path], out: Path) -> list[dict[str, Any]]:
    """Read each file into a frame, and join these."""
    pandas: Any = importlib.import_module("pandas")
    frame = pandas.concat([pandas.read_json(path, lines=True, precise_float=True) for path in paths])
    frame.to_json(out / "pandas.jsonl", orient="records", lines=True, double_precision=15)
    return list(frame.to_dict("records"))


def through_polars(paths: list[Path], out: Path) -> list[dict[str, Any]]:
    """Read each file into a frame, and join these."""
    polars: Any = importlib.import_module("polars")
    frame = polars.concat([polars.read_ndjson(path) for path in paths])
    frame.write_parquet(out / "polars.parquet")
    return list(frame.to_dicts())


READERS = {"datasets": through_datasets, "pandas": through_pandas, "polars": through_polars}


def same(read: Any, written: Any) -> bool:
    """Say whether two values are the same; pandas makes 1 of 1.0."""
    if isinstance(written, dict):
        return list(read) == list(written) and all(same(read[key], value) for key, value in written.items())
    if isinstance(written, float):
        return bool(read == written)
    return type(read) is type(written) and bool(read == written)


def problem(library: str, name: str, runs: list[Path], out: Path) -> str | None:
    """Return what is wrong with one dataset in one reader."""
    paths = [path for run in runs if (path := run / f"{name}.jsonl").stat().st_size]
    written = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    read = READERS[library](paths, out)
    if not written or len(read) != len(written):
        return f"{len(read)} rows of {len(written)}"
    return next((f"row {at}" for at, pair in enumerate(zip(read, written, strict=True)) if not same(*pair)), None)


def main(out: Path, runs: list[Path]) -> int:
    """Check every dataset in every reader, and say how it went."""
    wrong = 0
    for library in READERS:
        version = importlib.import_module(library).__version__
        for name in NAMES:
            (out / name).mkdir(parents=True, exist_ok=True)
            found = problem(library, name, runs, out / name)
            wrong += found is not None
            print(f"{library} {version} {name}: {found or 'the same'}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]]))
