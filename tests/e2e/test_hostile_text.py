"""What models and datasets say is data: never a path, never an escape, never more than fits; keys stay secret."""

from __future__ import annotations

import inspect
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import orjson
import pytest

from synthtools_stream.cli.serve_model import serve_model
from synthtools_stream.serving import serve
from synthtools_stream.values.jsontypes import JsonObject
from tests.e2e.commands import EXECUTABLE, model_server, rows
from tests.faults.faultkit import FIELD, Told, invoke, plan, run, serving

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "task_content.jsonl"
CLEAR = "\x1b[2J\x1b]0;owned\x07"
KEY = "sk-very-secret-0123456789"


def sample() -> JsonObject:
    """Return somebody's task."""
    row: JsonObject = orjson.loads(SAMPLE.read_bytes().splitlines()[0])
    return row


def write(path: Path, *written: JsonObject) -> Path:
    """Write a dataset."""
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in written))
    return path


def files(directory: Path) -> Iterator[Path]:
    """List every file below a directory."""
    return (path for path in directory.rglob("*") if path.is_file())


def test_ids_are_no_paths(tmp_path: Path) -> None:
    """Whatever a row's id says, nothing is written outside the run directory, and nothing is named after it."""
    nasty = [f"../../evil-{tmp_path.name}", f"{tmp_path}/absolute", "nul\x00byte", "a/b/c", ".", "run.json"]
    dataset = write(tmp_path / "tasks.jsonl", *({**sample(), "id": name} for name in nasty))
    out = tmp_path / "work" / "deep" / "run"

    done = invoke("rollout", "--dataset", dataset, "--out", out, "--quiet")

    assert done.exit_code in (0, 1), done.output
    ids = {str(row["task_id"]) for row in rows(out, "trajectories.jsonl")}
    assert ids == set(nasty)
    made = {path.relative_to(tmp_path).as_posix() for path in files(tmp_path)} - {"tasks.jsonl"}
    assert {name.rpartition("/")[0] for name in made} == {"work/deep/run"}
    assert not any("evil" in name or "absolute" in name or "byte" in name for name in made)
    assert orjson.loads((out / "run.json").read_bytes())["format"] == "synthtools-stream/run"


def test_escapes_never_reach_the_terminal(tmp_path: Path) -> None:
    """Escape sequences in descriptions, summaries and ids are shown as harmless dots by every command."""
    row = sample()
    row = {**row, "id": f"{row['id']}{CLEAR}", "summary": f"{CLEAR}{row['summary']}", "field": f"x{CLEAR}"}
    tool = row["tools"]
    assert isinstance(tool, list)
    assert isinstance(tool[0], dict)
    tool[0]["tool_description"] = f"Look {CLEAR} here."
    dataset = write(tmp_path / "tasks.jsonl", row, {**row, "id": f"bad{CLEAR}", "tools": CLEAR})
    out = tmp_path / "run"
    commands: list[tuple[str | Path, ...]] = [
        ("rollout", "--dataset", dataset, "--out", out, "--dry-run"),
        ("rollout", "--dataset", dataset, "--out", out),
        ("tail", out),
        ("status", out),
        ("verify", dataset),
        ("rollout", "--dataset", dataset, "--out", out, "--task-id", f"x{CLEAR}"),
    ]
    for command in commands:
        done = invoke(*command)
        shown = done.output
        assert done.exit_code in (0, 1, 2), shown
        assert shown
        assert not {"\x1b", "\x07"} & set(shown), (command, shown)


def test_progress_of_others_is_data(tmp_path: Path) -> None:
    """A run directory that somebody sent cannot play tricks by its progress log either."""
    out = tmp_path / "run"
    assert invoke("run", "--field", FIELD, "--stop-after", "generation", "--out", out).exit_code == 0
    line: JsonObject = {"state": CLEAR, "currency": CLEAR, "cost": 1.0, "stages": {CLEAR: {"done": 1}}}
    (out / "progress.jsonl").write_bytes(orjson.dumps(line) + b"\n")
    for command in ("tail", "status"):
        done = invoke(command, out)
        assert done.exit_code == 0, done.output
        assert not {"\x1b", "\x07"} & set(done.output)


async def test_key_stays_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key comes from the environment and stands in no file, no line and no snapshot, even in a bad hour."""
    monkeypatch.setenv("MY_KEY", KEY)
    told = Told()
    async with serving(plan("all", 0.3), tmp_path) as server:
        out = tmp_path / "run"
        await run(
            out,
            told,
            server_url=[server.url],
            backend="http",
            api_key_env="MY_KEY",
            stop_after="generation",
            request_timeout_s=0.5,
        )
    written = [path for path in files(tmp_path) if KEY.encode() in path.read_bytes()]
    assert written == []
    assert KEY not in repr(told)
    assert b"MY_KEY" not in (out / "run.json").read_bytes()


def test_loopback_unless_told() -> None:
    """Servers bind to loopback by default, in the command and below it."""
    assert isinstance(serve_model, click.Command)
    host = next(option for option in serve_model.params if option.name == "host")
    assert host.default == "127.0.0.1"
    assert inspect.signature(serve).parameters["host"].default == "127.0.0.1"
    with model_server() as url:
        assert url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_rows_are_refused(depth: int, tmp_path: Path) -> None:
    """A row of 10,000-deep nesting is one clear line, and the rows beside it are used."""
    dataset = tmp_path / "tasks.jsonl"
    deep = b'{"id":"deep","tools":' + b"[" * depth + b"]" * depth + b"}\n"
    dataset.write_bytes(deep + SAMPLE.read_bytes().splitlines()[0] + b"\n")
    done = invoke("rollout", "--dataset", dataset, "--out", tmp_path / "run", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "nested more than" in done.stderr
    assert "1 task" in done.stdout
    strict = invoke("rollout", "--dataset", dataset, "--out", tmp_path / "run", "--dry-run", "--strict")
    assert strict.exit_code == 2
    assert isinstance(strict.exception, SystemExit)


def test_huge_line_is_refused(tmp_path: Path) -> None:
    """A line of a gigabyte is refused without being read into memory."""
    dataset = tmp_path / "tasks.jsonl"
    with dataset.open("wb") as file:
        file.write(b'{"id":"huge","x":"')
        file.truncate(1 << 30)  # a sparse file: no disk is used
        file.seek(1 << 30)
        file.write(b'"}\n' + SAMPLE.read_bytes().splitlines()[0] + b"\n")
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20));"
        "from synthtools_stream.assembly.task_file import open_tasks; from pathlib import Path;"
        "found = open_tasks(Path(sys.argv[1])); print(len([*found]), *found.bad.first)"
    )
    done = subprocess.run([EXECUTABLE[0], "-c", script, str(dataset)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("2 "), "both have their turn, and one is unfit"
    assert "longer than 64 MiB" in done.stdout
