"""What ends a run early ends it with one line and exit code 3, and the same command goes on."""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import EXECUTABLE, model_server, row_sets, start
from tests.faults.faultkit import FIELD, invoke

ONE = ("--field", FIELD, "--sequences", "1")
PROBES = 5
"""Requests with which a plain server is probed: each form that roles send, once."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Json]]:
    """The rows of a run that nothing disturbs."""
    out = tmp_path_factory.mktemp("crash") / "undisturbed"
    done = invoke("run", *ONE, "--out", out)
    assert done.exit_code == 0, done.output
    return row_sets(out)


@pytest.fixture
def slow_server(tmp_path: Path) -> Iterator[str]:
    """A server that takes a second or so for an answer, and remembers what it was asked."""
    with model_server("--decode-tps", "1000", "--request-log", str(tmp_path / "requests.jsonl")) as url:
        yield url


def last_line(stderr: str) -> str:
    """Return what a command said last; asserts that it was no traceback."""
    assert "Traceback" not in stderr, stderr
    return stderr.strip().splitlines()[-1]


def wait_until(there: Path, lines: int, process: subprocess.Popen[str]) -> None:
    """Wait until a file has so many lines."""
    while process.poll() is None and not (there.exists() and there.read_bytes().count(b"\n") >= lines):
        time.sleep(0.005)
    assert process.poll() is None, "the run ended too early"


@pytest.mark.parametrize("limit", [100_000, 1_000])
def test_full_disk(limit: int, undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """A disk that takes no more stops the run in one line; with room again the same command ends it."""
    out = tmp_path / "run"

    def fill_up() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    full = subprocess.run(
        [*EXECUTABLE, "run", *ONE, "--quiet", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=fill_up,
    )

    assert full.returncode == 3, full.stderr
    assert "File too large" in last_line(full.stderr)
    assert str(out) in last_line(full.stderr)
    assert invoke("run", *ONE, "--out", out).exit_code == 0
    assert row_sets(out) == undisturbed


def test_directory_closed_meanwhile(undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """A directory in which nothing can be made any more stops the run so that it can go on."""
    out = tmp_path / "run"
    process = start("run", *ONE, "--quiet", "--out", out)
    wait_until(out / "journal.jsonl", 2, process)
    record = (out / "run.json").read_bytes()
    (out / "run.json").unlink()  # root may write anywhere, but nobody can put a file in a directory's place
    (out / "run.json" / "in the way").mkdir(parents=True)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 3, said
    assert str(out) in last_line(said)
    (out / "run.json" / "in the way").rmdir()
    (out / "run.json").rmdir()
    (out / "run.json").write_bytes(record)
    assert invoke("run", *ONE, "--out", out).exit_code == 0
    assert row_sets(out) == undisturbed


def test_two_processes(slow_server: str, tmp_path: Path) -> None:
    """The second process on a run is refused in one line, and does not disturb the first."""
    out = tmp_path / "run"
    first = start("run", *ONE, "--server-url", slow_server, "--out", out, "--quiet")
    wait_until(out / "journal.jsonl", 1, first)

    second = invoke("run", *ONE, "--server-url", slow_server, "--out", out)

    assert second.exit_code == 2
    assert f"{out} is in use by process {first.pid}" in last_line(second.stderr)
    assert first.poll() is None
    first.kill()
    first.communicate()


def test_first_signal_finishes_requests(slow_server: str, tmp_path: Path) -> None:
    """After one SIGINT nothing new is asked, what is in flight is answered and kept, and the exit code is 3."""
    out, asked = tmp_path / "run", tmp_path / "requests.jsonl"
    process = start("run", *ONE, "--server-url", slow_server, "--out", out, "--quiet")
    wait_until(asked, 12, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 3, said
    assert "the same command goes on" in last_line(said)
    assert "finishing the requests in flight" in said
    digests = {orjson.loads(line)["digest"] for line in asked.read_bytes().splitlines()}
    kept = {logged.digest for logged in read_replies(out)}
    assert kept
    assert len(digests - kept) <= PROBES, "only the probes' answers are not kept"


def test_second_signal_stops_now(tmp_path: Path) -> None:
    """A second SIGINT does not wait for the server."""
    asked = tmp_path / "requests.jsonl"
    with model_server("--decode-tps", "20", "--request-log", str(asked)) as url:
        process = start("run", *ONE, "--server-url", url, "--out", tmp_path / "run", "--quiet")
        wait_until(asked, PROBES + 1, process)  # and the first long answer
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "finishing" not in (line := process.stderr.readline()):
            assert line, "the run ended before it said that it finishes"
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate(timeout=60)
        took = time.monotonic() - began

    assert process.returncode == 3, said
    assert "the same command goes on" in last_line(said)
    assert took < 3.0


def test_grace_bounds_the_stop(undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """With no grace a SIGTERM cuts the requests in flight: exit code 3, and the same command goes on."""
    out, asked = tmp_path / "run", tmp_path / "requests.jsonl"
    with model_server("--decode-tps", "20", "--request-log", str(asked)) as url:
        process = start("run", *ONE, "--server-url", url, "--out", out, "--quiet", "--grace", "0")
        wait_until(asked, PROBES + 1, process)  # and the first long answer
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 3, said
    assert "for 0 s at most" in said
    assert "the same command goes on" in last_line(said)
    with model_server("--decode-tps", "20000") as url:
        assert invoke("run", *ONE, "--server-url", url, "--out", out).exit_code == 0
    assert row_sets(out) == undisturbed


def test_outage(undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """When its server goes, a run waits and says so; when it is back, the run goes on by itself to the same rows."""
    out = tmp_path / "run"
    port = free_port()
    config = tmp_path / "hasty.toml"
    config.write_text("retry_delay_s = 0.05\nprogress_every_s = 0.2\n")
    server = serve_at(port)
    process = start("run", config, *ONE, "--server-url", f"http://127.0.0.1:{port}", "--out", out, "--quiet")
    wait_until(out / "journal.jsonl", 8, process)
    server.kill()
    server.communicate()
    wait_for_waiting(out / "progress.jsonl", process)
    back = serve_at(port)
    try:
        _, said = process.communicate(timeout=60)
    finally:
        back.terminate()
        back.communicate()

    assert process.returncode == 0, said
    waiting = [line for line in said.splitlines() if "waiting" in line]
    assert len(waiting) == 1
    assert "cannot connect" in waiting[0] or "connection lost" in waiting[0]  # whichever was seen last
    assert sum("going on" in line for line in said.splitlines()) == 1
    assert row_sets(out) == undisturbed


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def serve_at(port: int) -> subprocess.Popen[str]:
    """Serve the model on a port and wait until it is there."""
    server = start("serve-model", "--port", str(port), "--decode-tps", "20000")
    assert server.stderr is not None
    assert "serving" in server.stderr.readline()
    return server


def wait_for_waiting(progress: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the progress log says that the run waits for its server."""
    while process.poll() is None:
        if progress.exists() and b'"waiting_for_server":true' in progress.read_bytes():
            return
        time.sleep(0.02)
    raise AssertionError("the run did not wait")
