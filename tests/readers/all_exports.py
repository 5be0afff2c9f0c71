"""Writes one export a format, beside the run that they are made of: `python -m tests.readers.all_exports FOLDER`.

`FOLDER/run` is the run; each export lies in `FOLDER/<format>`, in two parts, train and test. `FOLDER/hard` is the same
of attempts that formats find hard, for formats of attempts alone: calls at once, speech beside a call, tags.
"""

from __future__ import annotations

import sys
from pathlib import Path

from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.export.corpus import Kind
from synthtools_stream.export.formats import FORMATS
from tests.export.exported import MESSAGES, attempt, corpus, task
from tests.export.trainer_rows.hard_rows import BESIDE, failed, passed, said

__all__: list[str] = []


def write_all(folder: Path) -> None:
    """Write them, and stop at the first that does not come about."""
    for name in FORMATS:
        _write(folder, name)
    _write_hard(folder / "hard")
    for name, form in FORMATS.items():
        if form.needs | form.takes == frozenset({Kind.trajectories}):
            _write(folder / "hard", name)


def _write(folder: Path, name: str) -> None:
    asked = ["export", str(folder / "run"), "--format", name, "--out", str(folder / name), "--split"]
    done = CliRunner().invoke(main, [*asked, "train=0.5,test=0.5"])
    if done.exit_code:
        sys.exit(f"{name}: left with {done.exit_code}: {done.output}")


def _write_hard(folder: Path) -> None:
    """Write attempts at two tasks, each solved and failed, in two worlds."""
    folder.mkdir(parents=True)
    tasks = [task(f"{letter}_spec_000_seq01") for letter in "ab"]
    attempts = [
        made.model_copy(update={"id": f"{of.id}#r{number}", "task_id": of.id})
        for of in tasks
        for number, made in enumerate((attempt(0), failed(*MESSAGES[2:-1], said("None.")), passed(*BESIDE)))
    ]
    corpus(folder / "run", tasks, attempts)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
