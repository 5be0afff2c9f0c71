"""`serve-env` as it is typed: it serves until it is told to stop, and says in one line what it cannot."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.records import Task
from tests.proof.coded_task import coded
from tests.proof.freight import proven

pytest.importorskip("mcp")


def dataset(directory: Path, *tasks: Task) -> str:
    """Write tasks as a dataset."""
    path = directory / "tasks.jsonl"
    path.write_bytes(b"".join(orjson.dumps(task.to_json()) + b"\n" for task in tasks))
    return str(path)


def refused(*arguments: str) -> str:
    """Return what the command says when it does not serve."""
    result = CliRunner().invoke(main, ["serve-env", *arguments])
    assert result.exit_code == 2, result.output
    [line] = result.output.splitlines()
    return line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    """It tells where, and the control token that it made; a signal ends it cleanly."""
    argv = [sys.executable, "-m", "synthtools_stream", "serve-env", "--dataset", dataset(tmp_path, coded())]
    with subprocess.Popen([*argv, "--port", "0"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first, _, third = (process.stderr.readline() for _ in range(3))
        found = re.search(r"serving 1 task at (http://127\.0\.0\.1:\d+) ", first)
        assert found is not None, first
        token = third.removeprefix("control token: ").strip()
        asked = urllib.request.Request(f"{found[1]}/control/tasks", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert orjson.loads(answer.read())["tasks"] == [coded().id]
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


def test_wrong_use(tmp_path: Path) -> None:
    """One line each, and nothing is served."""
    rows = dataset(tmp_path, coded())
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert "no such file" in refused("--dataset", str(tmp_path / "nope.jsonl")).lower()
    assert "holds no rows" in refused("--dataset", str(empty))
    assert "go together" in refused("--dataset", rows, "--stdio")
    assert "go together" in refused("--dataset", rows, "--task-id", coded().id)
    assert "--stdio's" in refused("--dataset", rows, "--verdict", str(tmp_path / "verdict"))
    assert "holds no task 'nope'" in refused("--dataset", rows, "--stdio", "--task-id", "nope")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "cannot listen" in refused("--dataset", rows, "--port", str(port))


def test_dataset_that_nobody_plays(tmp_path: Path) -> None:
    """It is said before a trainer comes, with what would help."""
    line = refused("--dataset", dataset(tmp_path, proven()))
    assert "nobody plays" in line
    assert "--tape-only" in line


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said in one line."""
    for module in [name for name in sys.modules if name.startswith("synthtools_stream.envserving.environment")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    line = refused("--dataset", dataset(tmp_path, coded()))
    assert "pip install 'synthtools-stream[environments]'" in line
