"""A finished run whose datasets were lost or changed: the same command makes them again, asking nobody."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.dataset_rows import DATASETS
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.rundir.reply_compaction import compact
from tests.faults.faultkit import Told, run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, its logs sealed; tests damage copies of it."""
    out = tmp_path_factory.mktemp("lost") / "finished"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealed_log, "SEAL_FROM", 0)
        asyncio.run(run(out))
    assert {path.name for path in out.glob("*.zst")} == {"journal.jsonl.zst", "replies-000000.jsonl.zst"}
    return out


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def prolong(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"somebody's note\n")


def empty(path: Path) -> None:
    path.write_bytes(b"")


LOSSES = [
    (lose, name)
    for name in DATASETS.values()
    # Of a dataset without rows nothing can be cut off.
    for lose in ([Path.unlink, prolong] if name == "rejected.jsonl" else [Path.unlink, shorten, empty, prolong])
]


@pytest.mark.parametrize(("lose", "name"), LOSSES)
async def test_made_again(lose: Callable[[Path], None], name: str, copied: Path, finished: Path) -> None:
    """A dataset that was deleted, shortened, emptied or written behind is what it was, and that is said once."""
    lose(copied / name)
    told = Told()
    summary = await run(copied, told)
    assert summary.already_finished
    assert told.notices == [f"{copied}: {name} made again from the journal"]
    assert {path: (copied / path).read_bytes() for path in DATASETS.values()} == {
        path: (finished / path).read_bytes() for path in DATASETS.values()
    }
    told = Told()
    await run(copied, told)
    assert told.notices == []


async def test_run_of_an_older_version(copied: Path, finished: Path) -> None:
    """Where a run did not note how it left its datasets, they are compared once; nothing is said where all is well."""
    record = orjson.loads((copied / "run.json").read_bytes())
    del record["datasets"]
    (copied / "run.json").write_bytes(orjson.dumps(record))
    told = Told()
    await run(copied, told)
    assert told.notices == []
    assert orjson.loads((copied / "run.json").read_bytes())["datasets"] == {
        kind: (finished / name).stat().st_size for kind, name in DATASETS.items()
    }


async def test_compacted_run(copied: Path, finished: Path) -> None:
    """Datasets need the journal and no replies."""
    assert compact(copied).kept == 0
    (copied / "tools.jsonl").unlink()
    await run(copied)
    assert (copied / "tools.jsonl").read_bytes() == (finished / "tools.jsonl").read_bytes()


async def test_without_a_journal(copied: Path) -> None:
    """Where the journal is gone, what stands is left alone; where a dataset is gone, too, that is told."""
    (copied / "journal.jsonl.zst").unlink()
    assert (await run(copied)).already_finished
    with pytest.raises(RunDirectoryError, match="holds datasets but no journal"):
        await run(copied, token_budget=10**9)  # under another budget it is not finished
    (copied / "tools.jsonl").unlink()
    with pytest.raises(RunDirectoryError, match="so is the journal"):
        await run(copied)
    assert not (copied / "tools.jsonl").exists()
