"""`repair`: what is damaged is set aside, what is intact stays, and the run goes on to the same rows."""

from __future__ import annotations

import base64
import random
import shutil
from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.storage.rundir.log_repair import QUARANTINE, repair
from synthtools_stream.storage.rundir.reply_compaction import seal_logs
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import row_sets, synthtools
from tests.faults.faultkit import FIELD, invoke, run

JOURNAL = "journal.jsonl"
REPLIES = "replies-000000.jsonl"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run; tests damage copies of it."""
    out = tmp_path_factory.mktemp("repair") / "finished"
    done = invoke("run", "--field", FIELD, "--sequences", "1", "--out", out)
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture
def damaged(finished: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def flip(path: Path, line: int) -> bytes:
    """Change one byte in the middle of a line (counted from 1); return the damaged line."""
    lines = path.read_bytes().splitlines(keepends=True)
    where = len(lines[line - 1]) // 2
    wrong = bytearray(lines[line - 1])
    wrong[where] ^= 1
    lines[line - 1] = bytes(wrong)
    path.write_bytes(b"".join(lines))
    return bytes(wrong)


def quarantined(directory: Path) -> list[dict[str, Json]]:
    """Read what was set aside."""
    return [orjson.loads(line) for line in (directory / QUARANTINE).read_bytes().splitlines()]


@pytest.mark.parametrize("name", [JOURNAL, REPLIES])
async def test_flipped_byte(name: str, damaged: Path, finished: Path) -> None:
    """A damaged record is named with what to do; repair sets it aside byte for byte, and the rows are made again."""
    wrong = flip(damaged / name, 12)
    if name == JOURNAL:
        status = invoke("status", damaged)
        assert status.exit_code == 2
        assert f"synthtools-stream repair {damaged}" in status.stderr

    done = synthtools("repair", damaged)

    assert done.returncode == 0, done.stderr
    assert "1 lost; lines set aside: 12" in done.stdout
    [row] = quarantined(damaged)
    assert (row["file"], row["line"]) == (name, 12)
    assert base64.b64decode(str(row["raw"])) == wrong
    assert not (await run(damaged)).already_finished
    assert row_sets(damaged) == row_sets(finished)


async def test_any_damage(finished: Path, tmp_path: Path) -> None:
    """Whatever is broken, cut out or doubled in a log, it can be repaired, and the run ends with the same rows."""
    wanted = row_sets(finished)
    rng = random.Random(3)
    for number in range(6):
        directory = Path(shutil.copytree(finished, tmp_path / str(number)))
        path = directory / rng.choice([JOURNAL, REPLIES])
        content = bytearray(path.read_bytes())
        start = rng.randrange(len(content))
        match number % 3:
            case 0:
                content[start : start + 5000] = rng.randbytes(5000)
            case 1:
                del content[start : start + 3000]
            case _:
                content[start:start] = content[start - 4000 : start]
        path.write_bytes(content)

        repair(directory)
        assert all(report.whole for report in repair(directory)), "a second repair finds nothing"
        await run(directory)
        assert row_sets(directory) == wanted


async def test_damaged_header(damaged: Path, finished: Path) -> None:
    """A log whose first line is gone is begun with a new one; its records stay."""
    flip(damaged / JOURNAL, 1)
    [journal, replies] = repair(damaged)
    assert journal.damaged_lines == [1]
    assert (journal.lost, replies.whole) == (0, True)
    await run(damaged)
    assert row_sets(damaged) == row_sets(finished)


async def test_damaged_sealed_log(damaged: Path, finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a sealed log that cannot be unpacked what can be read stays, its file is kept, and the rest is made again."""
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    monkeypatch.setattr(sealed_log, "BLOCK_BYTES", 4096)
    seal_logs(damaged)
    sealed = damaged / f"{JOURNAL}.zst"
    packed = bytearray(sealed.read_bytes())
    packed[len(packed) // 2] ^= 0x55
    sealed.write_bytes(packed)
    status = invoke("status", damaged)
    assert status.exit_code == 2
    assert f"{sealed}:1: the sealed log cannot be unpacked" in status.stderr

    done = invoke("repair", damaged)

    assert done.exit_code == 0, done.stderr
    told, replies = done.stdout.splitlines()
    assert "records kept of what could be unpacked (the sealed file stays as journal.jsonl.zst.damaged)" in told
    assert replies.endswith("whole")
    assert (damaged / f"{JOURNAL}.zst.damaged").read_bytes() == packed
    assert sum(1 for _ in read_outcomes(damaged)) > sum(1 for _ in read_outcomes(finished)) / 2
    assert not (await run(damaged)).already_finished
    assert row_sets(damaged) == row_sets(finished)


async def test_missing_segment(damaged: Path, finished: Path) -> None:
    """A segment that is gone is begun anew, and what is needed of it is asked again."""
    (damaged / REPLIES).rename(damaged / "replies-000001.jsonl")
    with pytest.raises(LogDamage, match="missing"):
        await run(damaged, token_budget=10**9)  # under another budget it is not finished
    assert [report.missing for report in repair(damaged)] == [False, True, False]
    await run(damaged)
    assert row_sets(damaged) == row_sets(finished)


def test_whole_run_is_left_alone(damaged: Path) -> None:
    """Nothing is changed where nothing is wrong, a torn tail included."""
    with (damaged / JOURNAL).open("ab") as file:
        file.write(b'{"n":')
    before = (damaged / JOURNAL).read_bytes()
    done = invoke("repair", damaged)
    assert done.exit_code == 0
    assert "nothing is damaged" in done.stderr
    assert (damaged / JOURNAL).read_bytes() == before
    assert not (damaged / QUARANTINE).exists()


def test_refuses_what_is_not_its_own(damaged: Path, tmp_path: Path) -> None:
    """No run, a running one, and another run's log are refused."""
    with pytest.raises(RunDirectoryError, match="no run here"):
        repair(tmp_path / "nothing")
    with RunLock(damaged), pytest.raises(RunDirectoryError, match="in use"):
        repair(damaged)
    (damaged / JOURNAL).write_bytes((damaged / REPLIES).read_bytes())
    with pytest.raises(RunDirectoryError, match="holds"):
        repair(damaged)


@pytest.mark.parametrize("where", ["header", "record", "gone"])
async def test_epochs_are_repaired(where: str, finished: Path, tmp_path: Path) -> None:
    """Damage in the journal of a run that several processes worked on costs nothing but what is damaged."""
    out = tmp_path / "run"
    await run(out, stop_after="generation", sequences=1)
    await run(out, stop_after="evolution", sequences=1)
    await run(out, sequences=1)
    second, third = out / "journal-e000001-000000.jsonl", out / "journal-e000002-000000.jsonl"
    assert third.exists()
    if where == "gone":
        (out / JOURNAL).unlink()
    else:
        flip(second, 1 if where == "header" else 2)
    with pytest.raises(LogDamage):
        list(read_outcomes(out))

    reports = {report.path.name: report for report in repair(out)}

    damaged = reports[JOURNAL if where == "gone" else second.name]
    assert not damaged.whole
    assert (damaged.lost > 0) == (where == "record")
    assert all(report.whole for report in reports.values() if report is not damaged)
    items = [(outcome.stage, outcome.item) for outcome in read_outcomes(out)]
    assert len(items) == len(set(items))
    assert not (await run(out, sequences=1)).already_finished
    assert row_sets(out) == row_sets(finished)
