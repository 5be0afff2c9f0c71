"""`certify`: a line a row, a sum, an exit code; then `verify` and `rollout` take what it wrote."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, NOTHING, USAGE
from tests.proof.brought_rows.retail import RETAIL


def told(*arguments: str | Path) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def only(folder: Path, *places: int) -> Path:
    """Write some of the rows to a file of their own."""
    path = folder / "mine.jsonl"
    lines = RETAIL.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[place] for place in places))
    return path


def test_each_row_has_a_line(tmp_path: Path) -> None:
    """What holds of it, what does not, and what its owner declares."""
    out = tmp_path / "out.jsonl"
    done = told("certify", RETAIL, "--out", out)
    assert done.exit_code == NOTHING
    lines = [line.removeprefix(f"{RETAIL}:") for line in done.stdout.splitlines()]
    assert lines[0].startswith("1: retail_bare: no certificate (calls, provenance hold): states: not typed: ")
    assert lines[1:3] == [
        "2: retail_steps: certified",
        "3: retail_exempt: certified; declared as required: steps 0",
    ]
    assert lines[-1] == f"6 rows: 4 certified, 0 kept, 2 uncertified, 0 unread; written to {out}"
    again = told("certify", out)
    assert f"{out}:2: retail_steps: has a certificate already, and stays as it is" in again.stdout


def test_rows_that_all_have_one_leave_with_0(tmp_path: Path) -> None:
    """Nothing is written where nobody asks for it; lines that share an id are told."""
    path = only(tmp_path, 1, 3, 1)
    done = told("certify", path)
    assert done.exit_code == DONE
    assert done.stdout.endswith("2 rows: 2 certified, 0 kept, 0 uncertified, 0 unread\n")
    assert "2 lines share an id (the first: 'retail_steps' on 1 and 3)" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine.jsonl"]
    assert told("certify", path, "--strict").exit_code != DONE


def test_lines_for_machines(tmp_path: Path) -> None:
    """One object a row, and nothing else on stdout."""
    done = told("certify", only(tmp_path, 0, 1), "--json")
    rows = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], row["line"], row["standing"]) for row in rows] == [
        ("retail_bare", 1, "uncertified"),
        ("retail_steps", 2, "certified"),
    ]


def test_many_reasons_are_cut(tmp_path: Path) -> None:
    """The line of a row shows some, and says where all are."""
    path = tmp_path / "mine.jsonl"
    row = orjson.loads(RETAIL.read_bytes().splitlines()[0])
    path.write_bytes(orjson.dumps({**row, "summary": "Do what you like with my orders."}))
    done = told("certify", path)
    assert "; and 2 more (--json)\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.jsonl",), "nowhere.jsonl: there is no such file"),
        ((str(RETAIL), "--out", str(RETAIL)), "this is the file that is read; name another"),
        ((str(RETAIL), "--out", "nowhere/out.jsonl"), "nowhere/out.jsonl: there is no such directory"),
        ((str(RETAIL), "--out", "out.csv"), "out.csv: rows are written as JSON Lines"),
        ((str(RETAIL.parent),), "not a file"),
    ],
)
def test_bad_arguments_are_one_line(arguments: tuple[str, ...], said: str) -> None:
    """And nothing was begun."""
    done = told("certify", *arguments)
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_verify_counts_them_apart(tmp_path: Path) -> None:
    """Brought rows are proven, and none of ours."""
    out = tmp_path / "out.jsonl"
    told("certify", RETAIL, "--out", out)
    done = told("verify", out)
    assert done.exit_code == DONE
    assert done.stdout == "6 rows: 0 proven, 4 proven (brought), 2 executed, 2 unproven, 0 failed\n"
    shown = orjson.loads(told("verify", out, "--json").stdout)
    assert (shown["proven"], shown["brought"], shown["kinds"]["tools"]["declared"]) == (0, 4, 4)
    report = orjson.loads(told("verify", out, "--report", "openenv").stdout)
    assert "4 tasks were brought: nobody audited their tools here" in report["results"][0]["evidence"]
