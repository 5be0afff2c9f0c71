"""`verify`: programs are run unless told otherwise, and it is said of how many rows."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, NOTHING, USAGE
from synthtools_stream.proof.certificate import seal
from synthtools_stream.records import Task
from tests.proof.coded_task import coded
from tests.proof.forged_worlds import FORGED, forged
from tests.proof.freight import proven


def verified(folder: Path, *options: str, rows: list[Task]) -> Result:
    """Verify a file of these rows."""
    path = folder / "task_content.jsonl"
    path.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    return CliRunner().invoke(main, ["verify", str(path), *options])


def test_it_says_how_many_were_executed(tmp_path: Path) -> None:
    """Coded and simulated rows are counted apart."""
    told = verified(tmp_path, rows=[coded(), proven()])
    assert (told.exit_code, told.stdout) == (DONE, "2 rows: 2 proven (1 executed), 0 unproven, 0 failed\n")
    shown = orjson.loads(verified(tmp_path, "--json", rows=[coded(), proven()]).stdout)
    assert (shown["proven"], shown["executed"]) == (2, 1)


def test_forged_world_passes_only_unexecuted(tmp_path: Path) -> None:
    """What no other check sees, execution does; `--no-execute` skips it, and says nothing of executed rows."""
    rows = [forged(FORGED["a match not shown"].edit), proven()]
    told = verified(tmp_path, rows=rows)
    assert told.exit_code == NOTHING
    assert ":1: freight_spec_001_seq02: step 3: its program responds" in told.stdout
    assert told.stdout.endswith("2 rows: 1 proven, 0 unproven, 1 failed\n")
    told = verified(tmp_path, "--no-execute", rows=rows)
    assert (told.exit_code, told.stdout) == (DONE, "2 rows: 2 proven, 0 unproven, 0 failed\n")


def test_no_sandbox_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no program can be run, `verify` says so, and how to do without."""
    monkeypatch.setenv("MONTY_BIN", "/nowhere/monty")
    told = verified(tmp_path, rows=[coded()])
    assert (told.exit_code, told.stdout) == (USAGE, "")
    assert "programs cannot be run here" in told.stderr
    assert told.stderr.endswith("; --no-execute verifies without them\n")
    assert verified(tmp_path, "--no-execute", rows=[coded()]).exit_code == DONE


def test_report_for_openenv(tmp_path: Path) -> None:
    """The checks of RFC 008 as one JSON object, with the exit code that the rows deserve; not beside `--json`."""
    told = verified(tmp_path, "--report", "openenv", rows=[coded()])
    shown = orjson.loads(told.stdout)
    assert (told.exit_code, shown["verdict"]) == (DONE, "warn")
    assert shown["results"][0]["measured"]["executed"] == 1
    forged_row = forged(FORGED["a match not shown"].edit)
    told = verified(tmp_path, "--report", "openenv", rows=[forged_row])
    assert (told.exit_code, orjson.loads(told.stdout)["verdict"]) == (NOTHING, "fail")
    both = verified(tmp_path, "--report", "openenv", "--json", rows=[coded()])
    assert (both.exit_code, both.stdout) == (USAGE, "")


def test_older_certificates_are_told(tmp_path: Path) -> None:
    """Rows of an earlier version hold, and it is said that their certificates claim less."""
    task = proven()
    assert task.certificate is not None
    tests = task.certificate.verdict.model_copy(update={"rejects_subset": None, "accepts_equivalent": None})
    old = task.certificate.model_copy(update={"version": 1, "kinds": {}, "verdict": tests})
    told = verified(tmp_path, rows=[seal(task.model_copy(update={"certificate": old}))])
    assert told.exit_code == DONE
    assert told.stdout.startswith("certificates of version 1, which claim less than today's: 1\n1 row: 1 proven")
