"""What a run looks like: the live table, plain lines, `status` and `tail` of live, dead and finished runs."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import orjson
import pytest

from synthtools_stream.cli.live_display import PlainLines, heartbeat_line, progress_table
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.e2e.commands import EXECUTABLE
from tests.faults.faultkit import FIELD, invoke

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COUNTS: JsonObject = {"queued": 12, "running": 34, "done": 56_789, "rejected": 78, "failed": 9}
REQUESTS: JsonObject = {
    "total": 234_567,
    "sent": 123_456,
    "replayed": 5,
    "in_flight": 256,
    "waiting": 1234,
    "limit": 512,
    "peak": 512,
}
SNAPSHOT: JsonObject = {
    "at": "2026-03-14T09:00:00+00:00",
    "elapsed_s": 3725.0,
    "state": "running",
    "waiting_for_server": False,
    "stages": {name: dict(COUNTS) for name in ("generation", "auditing", "summarizing")},
    "requests": REQUESTS,
    "tokens": {"prompt": 2_000_000_000, "completion": 10, "cached": 1_500_000_000},
    "rates": {"requests_per_s": 110.4, "tokens_per_s": 9.0},
    "cost": 1234.5,
    "currency": "USD",
    "yield": {"generation": 0.987, "auditing": None},
    "eta_s": 86_400,
    "rss_mib": 321.0,
}


def table(snapshot: JsonObject, width: int = 80, height: int | None = None) -> list[str]:
    """Return the lines of the table."""
    return [line.plain for line in progress_table(snapshot).lines(width, height)]


def test_table_says_everything_in_80_columns() -> None:
    """Stage, queue, busy workers, done, rejected, failed, yield, rate, tokens, cost and time left fit 80 columns."""
    lines = table(SNAPSHOT)
    assert lines == table(SNAPSHOT, 140)
    shown = "\n".join(lines)
    head, row = (next(line.split() for line in lines if word in line) for word in ("queued", "generation"))
    assert head == ["stage", "queued", "busy", "done", "rejected", "failed", "yield"]
    assert row == ["generation", "12", "34", "56.8k", "78", "9", "99%"]
    for part in ("234.6k requests", "110/s", "256 of 512 in flight", "1,234 waiting", "2.0G tokens", "1234.50 USD"):
        assert part in shown
    assert "running · 1h02m · about 24h00m left" in shown
    assert "75% of the prompts cached" in shown


def test_a_slow_request_is_told() -> None:
    """The oldest request's age and role are told once it is worth a word, in table and line."""
    for age_s, told in ((9.9, ""), (312.0, "oldest 5m12s (simulator)")):
        requests: JsonObject = {**REQUESTS, "oldest": {"role": "simulator", "age_s": age_s}}
        for shown in (
            "\n".join(table({**SNAPSHOT, "requests": requests}, 140)),
            heartbeat_line({**SNAPSHOT, "requests": requests}),
        ):
            assert told in shown
            assert ("oldest" in shown) is bool(told)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"waiting_for_server": True}, "waiting for a server"),
        ({"state": "finished"}, "finished · 1h02m"),
        ({"state": "finished"}, "33/s"),
        ({"stages": {"[red]x\x1b[2J": dict(COUNTS)}}, "[red]x·[2J"),
    ],
)
def test_table_tells_the_state(more: dict[str, Json], said: str) -> None:
    """A wait for a server, the end with its mean rate, and foreign names are told as they are."""
    assert any(said in line for line in table({**SNAPSHOT, **more}))


def test_heartbeat_is_one_readable_line() -> None:
    """The plain line holds the same, in words; a state is told where it is not `running`."""
    line = heartbeat_line(SNAPSHOT)
    assert line.startswith("[1h02m] generation 56.8k (78 rejected, 9 failed), auditing")
    assert line.endswith("321 MiB, about 24h00m left")
    assert heartbeat_line({**SNAPSHOT, "state": "stopped"}).endswith("321 MiB, stopped")
    assert heartbeat_line({}).endswith("unknown")


def test_plain_lines_come_now_and_then() -> None:
    """First, last and one every ten seconds; a change of state at once."""
    said: list[str] = []
    lines = PlainLines(10.0, said.append)
    for elapsed in range(0, 30, 2):
        lines({**SNAPSHOT, "elapsed_s": float(elapsed)})
    assert [line[:5] for line in said] == ["[0s] ", "[10s]", "[20s]"]
    lines({**SNAPSHOT, "elapsed_s": 29.0, "waiting_for_server": True})
    lines({**SNAPSHOT, "elapsed_s": 30.0, "state": "finished"})
    assert [line.rpartition(", ")[2] for line in said[3:]] == ["waiting for a server", "finished"]


def on_terminal(columns: int, *arguments: str | Path, **environment: str) -> str:
    """Run a command on a terminal of that width and return what it was sent."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [*EXECUTABLE, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**known, "TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    sent = b""
    try:
        while block := os.read(ours, 65536):
            sent += block
    except OSError:  # how Linux says that the other side is gone
        pass
    os.close(ours)
    assert process.wait(timeout=60) == 0, sent
    return sent.decode()


@pytest.mark.parametrize("columns", [80, 140])
def test_live_table_stays_on_the_screen(columns: int, tmp_path: Path) -> None:
    """On a terminal the table is drawn in place, no wider than that, and its last state stays, the cursor visible."""
    sent = on_terminal(columns, "run", "--field", FIELD, "--sequences", "1", "--out", tmp_path / "run")
    assert sent.rindex("\x1b[?25h") > sent.rindex("\x1b[?25l")
    last = ESCAPES.sub("", sent[sent.rindex("queued") :])
    assert "finished · " in last
    assert re.search(r"rollout +0 +0 +\d", last)
    assert "proven task" in last, "results come after the table"
    drawn = ESCAPES.sub("", sent).splitlines()
    assert max(len(line) for line in drawn if "rollout" in line and "next:" not in line) <= columns


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_terminals_without_colour(environment: dict[str, str], tmp_path: Path) -> None:
    """A dumb terminal gets plain lines and not one escape; with NO_COLOR there is no colour."""
    sent = on_terminal(80, "run", "--field", FIELD, "--stop-after", "generation", "--out", tmp_path, **environment)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", sent)
    if environment.get("TERM") == "dumb":
        assert "\x1b" not in sent
        assert "[0s] generation" in sent


def claimed(path: Path) -> RunDirectory:
    """Begin a run."""
    return RunDirectory.claim(path, RunConfig.build({}), "prompts")


async def settled(path: Path, *outcomes: Outcome) -> None:
    """Add outcomes to the journal."""
    log = await Journal.open(path, "digest")
    for outcome in outcomes:
        await log.append(outcome)
    await log.aclose()


def test_status_of_a_run_that_died_at_once(tmp_path: Path) -> None:
    """A run that said nothing before it died has a status all the same, with every key for machines."""
    claimed(tmp_path)
    assert "nothing has happened yet" in invoke("status", tmp_path).stdout
    told = orjson.loads(invoke("status", tmp_path, "--json").stdout)
    assert (told["state"], told["limit"], told["requests"]["sent"], told["tokens"]["prompt"]) == ("stopped", 0, 0, 0)
    done = invoke("tail", tmp_path)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [f"{tmp_path}: nothing has happened yet", "the run is stopped"]


async def test_status_for_machines(tmp_path: Path) -> None:
    """Every stage has its five counts, also one that only the last snapshot knows; nothing waits in a dead run."""
    claimed(tmp_path)
    (tmp_path / "progress.jsonl").write_bytes(orjson.dumps({**SNAPSHOT, "waiting_for_server": True}) + b"\n")
    await settled(tmp_path, Outcome("auditing", "a", OutcomeKind.DONE))
    told = orjson.loads(invoke("status", tmp_path, "--json").stdout)
    assert told["stages"]["generation"] == {"queued": 0, "running": 0, "done": 0, "rejected": 0, "failed": 0}
    assert told["stages"]["auditing"]["done"] == 1
    assert (told["limit"], told["waiting_for_server"]) == (512, False)
    assert told["rates"] == {"requests_per_s": 0.0, "tokens_per_s": 0.0}


async def test_tail_of_a_dead_run(tmp_path: Path) -> None:
    """Of a run that died, `tail` shows the latest outcomes and does not repeat that it is running; so with --follow."""
    claimed(tmp_path)
    (tmp_path / "progress.jsonl").write_bytes(orjson.dumps(SNAPSHOT) + b"\n")
    await settled(
        tmp_path,
        Outcome("generation.tool", "env.Old", OutcomeKind.DONE),
        Outcome("generation.tool", "env.New", OutcomeKind.DONE, outputs=[{"tool": {"tool_description": "Do it."}}]),
        Outcome("auditing", "env.[red]Bad\x1b[2J", OutcomeKind.REJECTED, reason="unreliable", detail="[bold]no[/]"),
        Outcome("auditing", "env.Late", OutcomeKind.FAILED, reason="transport"),
    )
    for follow in ((), ("--follow",)):
        done = invoke("tail", tmp_path, "-n", "3", *follow)
        assert done.exit_code == 0
        assert [" ".join(line.split()) for line in done.stdout.splitlines()[:3]] == [
            "+ generation.tool env.New Do it.",
            "- auditing env.[red]Bad·[2J unreliable: [bold]no[/]",
            "! auditing env.Late transport:",
        ]
        assert done.stdout.splitlines()[3].endswith(", stopped")
        assert done.stderr == "the run is stopped\n"


async def test_follows_until_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--follow waits for a run that has only just begun, shows what comes, and ends when nobody holds the run."""
    lock = RunLock(tmp_path)
    lock.__enter__()
    shown: list[str] = []

    def begin() -> None:
        claimed(tmp_path)
        journal = tmp_path / "journal.jsonl"
        journal.write_bytes(made)

    def go_on() -> None:
        (tmp_path / later.name).write_bytes(more)
        (tmp_path / "progress.jsonl").write_bytes(orjson.dumps(SNAPSHOT) + b"\n")

    def end() -> None:
        RunDirectory.claim(tmp_path, RunConfig.build({}), "prompts").finish(RunConfig.build({}))
        lock.__exit__(None, None, None)

    acts: list[Callable[[], None]] = [begin, go_on, lambda: None, end]

    def sleep(_seconds: float) -> None:
        shown.append("slept")
        acts.pop(0)()

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    await settled(elsewhere, Outcome("auditing", "env.First", OutcomeKind.DONE))
    made = (elsewhere / "journal.jsonl").read_bytes()
    await settled(elsewhere, Outcome("auditing", "env.Second", OutcomeKind.DONE))
    (later,) = elsewhere.glob("journal-e*")
    more = later.read_bytes()
    monkeypatch.setattr(time, "sleep", sleep)

    done = invoke("tail", tmp_path, "--follow")

    assert done.exit_code == 0, done.output
    assert len(shown) == 4
    assert [line.split()[2] for line in done.stdout.splitlines() if line.startswith("+")] == ["env.First", "env.Second"]
    assert sum("about 24h00m left" in line for line in done.stdout.splitlines()) == 1, "each snapshot once"
    assert done.stdout.splitlines()[-1].endswith(", finished")
    assert done.stderr == "the run is finished\n"
