"""Do the commands of a whole run end as they should, on a Ray that they start themselves? Run by `bin/cluster`.

    python -m tests.cluster_ray.whole_commands

A server for each shard, which is killed once; a mistake that only an engine can find; less room than shards.
Leaves with 1, and a line for each, where something is otherwise.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import orjson

from synthtools_stream.storage.rundir.shard_runs import shards_below

LONGEST_S = 240.0
"""Seconds that a command may take: Ray's start is some ten of them."""
SERVER = f"{shlex.quote(sys.executable)} -m synthtools_stream serve-model --decode-tps 4000 --slots 8 --port {{port}}"


def command(*words: str | Path) -> list[str]:
    """Return a command line of ours."""
    return [sys.executable, "-m", "synthtools_stream", *map(str, words)]


def cluster(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a whole to its end, in processes that take little of this machine."""
    argv = command("cluster", "run", "--cpus", "0.4", "--address", "local", "--quiet", *words)
    return subprocess.run(argv, capture_output=True, text=True, timeout=LONGEST_S, check=False)


def kill_server(out: Path, killed: list[int]) -> None:
    """Kill the server of the first shard that has a task."""
    due = time.monotonic() + LONGEST_S
    while time.monotonic() < due and not killed:
        for _, directory in shards_below(out):
            with contextlib.suppress(OSError):
                if (directory / "task_content.jsonl").stat().st_size:
                    killed.extend(_servers(directory / "server.log"))
                    for process in killed:
                        os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def _servers(log: Path) -> list[int]:
    """Return the processes that write to a log."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/fd/2"):
        with contextlib.suppress(OSError):
            if entry.resolve() == log.resolve():
                found.append(int(entry.parts[2]))
    return found


def servers_of_their_own(at: Path) -> list[str]:
    """A shard whose server dies is begun anew with another, and the rows are those of one process."""
    wanted = ["--field", "Hotels", "--field", "Maritime Shipping", "--sequences", "4"]
    out, killed = at / "served", list[int]()
    killing = threading.Thread(target=kill_server, args=(out, killed))
    killing.start()
    done = cluster("--shards", "2", "--serve", SERVER, "--out", out, *wanted)
    killing.join()
    subprocess.run(command("run", "--quiet", "--out", at / "one", *wanted), check=True, capture_output=True)
    problems: list[str] = []
    if done.returncode or not killed or "is begun anew in another process" not in done.stderr:
        problems.append(f"servers of their own: {done.returncode}, {killed} killed: {done.stderr}")
    else:
        rows = [
            sorted((path / "task_content.jsonl").read_bytes().splitlines()) for path in (at / "one", out / "merged")
        ]
        if rows[0] != rows[1] or not rows[0]:
            problems.append("servers of their own: the tasks are not those of one process")
    again = cluster("--shards", "2", "--serve", SERVER, "--out", out, *wanted)
    if again.returncode or "merged already" not in again.stderr:
        problems.append(f"a finished run, once more: {again.returncode}: {again.stderr}")
    return problems


def mistakes(at: Path) -> list[str]:
    """What no engine will do better ends all of them, in one line and with the exit code of a mistake."""
    found: list[str] = []
    url = ("--server-url", "http://127.0.0.1:9")
    for words, told in (
        ((*url, "--field", "Hotels"), "no server answers"),
        (
            ("--serve", f"{sys.executable} -c 1/0 {{port}}", "--field", "Hotels"),
            "ended before it answered: ZeroDivisionError",
        ),
    ):
        done = cluster("--shards", "3", "--out", at / "mistaken", *words)
        last = done.stderr.splitlines()[-1]
        if done.returncode != 2 or told not in last or "Traceback" in done.stderr:
            found.append(f"a mistake ended with {done.returncode}: {done.stderr}")
    return found


def less_room(at: Path) -> list[str]:
    """Shards that have no room at first come in their turn; the state of all is told."""
    out = at / "turns"
    done = cluster("--shards", "8", "--field", "Hotels", "--stop-after", "generation", "--no-merge", "--out", out)
    status = subprocess.run(command("status", out, "--json"), capture_output=True, check=True).stdout
    state = orjson.loads(status)["state"]
    if done.returncode or state != "finished":
        return [f"less room than shards: {done.returncode}, {state}: {done.stderr}"]
    return []


def main() -> int:
    """Try all; returns the exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="whole-commands-") as directory:
        at = Path(directory)
        problems = [*servers_of_their_own(at), *mistakes(at), *less_room(at)]
    for problem in problems:
        print(f"whole_commands: {problem}", file=sys.stderr)
    print(f"whole_commands: {len(problems)} problems in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
