"""Wrong command lines are one clear line with exit code 2, before anything is made on disk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import orjson
import pytest

from tests.e2e.commands import EXECUTABLE, rows
from tests.faults.faultkit import FIELD, invoke

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "task_content.jsonl"


def refused(*arguments: str | Path) -> str:
    """Call a command that must be refused and return its last line."""
    done = invoke(*arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("runn",), "there is no command 'runn'; did you mean 'run'?"),
        (("verfiy", "x"), "did you mean 'verify'?"),
        (("quux\x1b[31m",), "there is no command 'quux·[31m'; there are certify, cluster, compact,"),
        (("run", "--subfield", "3"), "--subfields"),
        (("run", "--subfields", "many"), "'many' is not a valid integer"),
        (("run", "--stop-after", "soon"), "'soon' is not one of"),
        (("rollout",), "Missing option '--dataset'"),
        (("tail", "x", "--lines", "-1"), "not in the range"),
        (("status",), "Missing argument 'DIRECTORY'"),
        (("run", "--out", ""), "must name a directory"),
        (("rollout", "--dataset", "x", "--out", "  "), "must name a directory"),
    ],
)
def test_usage_is_told_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    """Unknown commands and options, bad and missing values get one line that says where to look."""
    done = invoke(*arguments)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("synthtools-stream: ")
    assert said in line
    assert "--help)" in line


@pytest.mark.parametrize("command", ["status", "tail", "repair", "compact"])
@pytest.mark.parametrize("kind", ["absent", "empty", "file"])
def test_no_run_to_look_at(command: str, kind: str, tmp_path: Path) -> None:
    """A directory without a run, and a file in its place, are named; nothing is made there."""
    place = tmp_path / "place"
    if kind == "empty":
        place.mkdir()
    elif kind == "file":
        place.write_text("")
    line = refused(command, place)
    assert str(place) in line
    assert "is a file" in line if kind == "file" else "there is no run here" in line
    assert "--out" not in line
    assert [path.name for path in tmp_path.rglob("*")] == ([] if kind == "absent" else ["place"])


@pytest.mark.parametrize(
    ("start", "last", "first"),
    [
        (("--tasks",), "summarizing", "rollout"),
        (("--tasks", "--resummarize"), "evolution", "summarizing"),
        (("--tools",), "auditing", "sequencing"),
    ],
)
def test_cannot_stop_before_the_start(start: tuple[str, ...], last: str, first: str, tmp_path: Path) -> None:
    """--stop-after a stage that the run never reaches is refused, not ignored."""
    out, made = tmp_path / "made", tmp_path / "out"
    assert invoke("run", "--field", FIELD, "--stop-after", "auditing", "--out", out).exit_code == 0
    source = out / "tools.jsonl" if start[0] == "--tools" else SAMPLE
    line = refused("run", start[0], source, *start[1:], "--stop-after", last, "--out", made)
    assert line.endswith(f"--stop-after {last} lies before the first stage of this run, which is {first}")
    assert not made.exists()


def test_file_without_tasks_makes_nothing(tmp_path: Path) -> None:
    """Of a file of something else every row is rejected, named or counted; an empty one is refused."""
    dataset = tmp_path / "tasks.jsonl"
    dataset.write_bytes(b"".join(orjson.dumps({"id": f"t{n}"}) + b"\n" for n in range(250)))
    for command in (("run", "--tasks"), ("rollout", "--dataset")):
        out = tmp_path / command[0]
        done = invoke(*command, dataset, "--out", out, "--quiet")
        assert done.exit_code == 1
        lines = [line for line in done.stderr.splitlines() if "skipped" in line]
        assert lines[0].startswith(f"skipped: {dataset}:1: column field")
        assert len(lines) == 20 + 1, "the first ones, and how many"
        assert "250 rows were skipped" in lines[-1]
        made = [orjson.loads(line) for line in (out / "rejected.jsonl").read_bytes().splitlines()]
        assert (len(made), {row["reason"] for row in made}) == (250, {"unreadable_row"})
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert refused("rollout", "--dataset", tmp_path / "empty.jsonl", "--out", tmp_path / "no").endswith("holds no rows")
    assert not (tmp_path / "no").exists()


def test_choices_of_tasks(tmp_path: Path) -> None:
    """Tasks are chosen by id, by field, by number and by chance; what is unknown is named."""
    dry = ("rollout", "--dataset", SAMPLE, "--dry-run", "--out", tmp_path / "run")
    everything = invoke(*dry).stdout.splitlines()
    first = everything[0].split()[0]
    assert invoke(*dry, "--task-id", first).stdout.splitlines()[0] == everything[0]
    assert invoke(*dry, "--limit", "2").stdout.splitlines()[:-1] == everything[:2]
    drawn = [invoke(*dry, "--sample", "2", "--seed", "3").stdout for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0].endswith("2 tasks, 2 rollouts\n")
    assert refused(*dry, "--task-id", "nobody").endswith("there is no task 'nobody' in the dataset")
    assert "no task is left" in refused(*dry, "--field", "Nothing")
    runs = tmp_path / "runs.jsonl"
    row = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
    runs.write_text("".join(row.replace(first, first + part) + "\n" for part in ("@1f0c9a3e", "@77b21d04")))
    chosen = ("rollout", "--dataset", runs, "--dry-run", "--out", tmp_path / "run", "--task-id")
    assert invoke(*chosen, first).stdout.endswith("2 tasks, 2 rollouts\n"), "without its run part, of every run"
    assert invoke(*chosen, f"{first}@77b21d04").stdout.endswith("1 task, 1 rollout\n")
    assert not (tmp_path / "run").exists()


def test_native_dialogue_with_a_random_strategy(tmp_path: Path) -> None:
    """The less used ways (--strategy random, --mode native, --dialogue, --no-judge) end well, too."""
    out = tmp_path / "run"
    done = invoke("run", "--field", FIELD, "--sequences", "1", "--strategy", "random", "--mode", "native", "--out", out)
    assert done.exit_code == 0, done.output
    again = tmp_path / "again"
    dataset = out / "task_content.jsonl"
    done = invoke(
        "rollout", "--dataset", dataset, "--out", again, "--mode", "native", "--dialogue", "--no-judge", "--limit", "1"
    )
    assert done.exit_code == 0, done.output
    (row,) = rows(again, "trajectories.jsonl")
    assert row["mode"] == "native"
    assert row["judge"] is None


@pytest.mark.parametrize("spoiled", [False, True])
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_reader_who_leaves_changes_no_exit_code(spoiled: bool, json: tuple[str, ...], tmp_path: Path) -> None:
    """`verify … | head` says nothing on stderr and ends with the exit code that it would have had."""
    dataset = tmp_path / "tasks.jsonl"
    dataset.write_bytes(SAMPLE.read_bytes() + (b"no json\n" if spoiled else b""))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [*EXECUTABLE, "verify", str(dataset), *json], stdout=gone, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (int(spoiled), "")


def test_run_goes_on_when_nobody_listens(tmp_path: Path) -> None:
    """A run whose stdout and stderr have lost their reader ends as it would have."""
    out = tmp_path / "run"
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [*EXECUTABLE, "run", "--field", FIELD, "--sequences", "1", "--out", str(out)],
            stdout=gone,
            stderr=gone,
            check=False,
        )
    assert done.returncode == 0
    assert rows(out, "trajectories.jsonl")
