"""Does a run on a Ray cluster come through lost processes and nodes as if nothing had happened? See `bin/cluster`.

    python -m tests.cluster_ray.node_losses [--losses 20] [--seed 0]

Several nodes of a local Ray cluster work on the shards of a run, at a server that notes what it is asked. At random
moments, drawn by the seed, a shard's process is killed, or the node that it is on removed and another one added; now
and then the whole is stopped and started again. Then it must hold that

* the merged rows are those of a run in one process, byte for byte, so that nothing is lost or doubled;
* nothing was asked that the one process did not ask;
* what was asked twice is no more than what was in flight in the shards that were lost.

Leaves with 1, and a line for each, where something is otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from synthtools_stream.assembly.dataset_rows import DATASETS
from synthtools_stream.bench.measured_runs import served_model
from synthtools_stream.cluster.shard_engine import starts_of
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.shard_runs import directory_of, shards_below
from synthtools_stream.values.shards import Shard

SHARDS = 3
CONCURRENCY = 12
"""Requests in flight on the one server, of all shards together: four a shard."""
PACE = ("--decode-tps", "15000", "--slots", "16")
"""Slow enough that there is something to lose."""
FIELDS = ("Maritime Shipping", "Hotels", "Bee Keeping", "Genealogy", "Dental Care", "Public Libraries")
A_ROUND = 7
"""Losses that one run has to come through; then the next begins."""
LEAST, MOST = 15, 90
"""Requests between two losses."""
LONGEST_S = 120.0
"""Seconds after which a loss happens anyway."""
STOPS = 0.15
"""Share of the losses that are a stop of the whole by the user."""
DETECTION = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
"""A lost node is noticed after two seconds."""


@dataclass
class Findings:
    """What happened."""

    kinds: Counter[str] = field(default_factory=Counter[str])
    asked: int = 0
    twice: int = 0
    allowed: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list[str])

    @property
    def losses(self) -> int:
        """All of them."""
        return self.kinds.total()


def say(line: str) -> None:
    """Say how it goes."""
    print(f"node_losses: {line}", file=sys.stderr, flush=True)


def run_options(url: str, seed: int) -> list[str]:
    """Return what all commands are asked for."""
    named = [word for name in FIELDS for word in ("--field", name)]
    return [
        *named,
        "--sequences",
        "3",
        "--seed",
        str(seed),
        "--concurrency",
        str(CONCURRENCY),
        "--server-url",
        url,
        "--quiet",
    ]


def command(*words: str | Path) -> list[str]:
    """Return a command line of ours."""
    return [sys.executable, "-m", "synthtools_stream", *map(str, words)]


class Nodes:
    """The nodes of a cluster on this machine; each has room for one shard."""

    def __init__(self) -> None:
        utils: Any = import_module("ray.cluster_utils")
        self.cluster: Any = utils.Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 0, "_system_config": DETECTION, "include_dashboard": False},
        )
        for _ in range(SHARDS):
            self.add()

    @property
    def address(self) -> str:
        """Where the cluster is."""
        return str(self.cluster.address)

    def add(self) -> None:
        """Add one."""
        self.cluster.add_node(num_cpus=1, object_store_memory=80 << 20)

    def remove(self, process: int) -> bool:
        """Remove the node that a worker process is on, at once and without a word; says whether there is one."""
        with contextlib.suppress(OSError):
            parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
            for node in list(self.cluster.worker_nodes):
                if any(info.process.pid == parent for info in node.all_processes["raylet"]):
                    self.cluster.remove_node(node, allow_graceful=False)
                    return True
        return False


class Losses:
    """One run of the whole, and what happens to it."""

    def __init__(self, nodes: Nodes, out: Path, options: Sequence[str], log: Path, rng: random.Random) -> None:
        self.nodes, self.out, self.log, self.rng = nodes, out, log, rng
        line = command("cluster", "run", "--shards", str(SHARDS), "--address", nodes.address, "--out", out)
        self.argv = [*line, "--spread", *options]
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the command, or go on with it."""
        with (self.out.parent / "driver.log").open("ab") as said:
            return subprocess.Popen(self.argv, stdout=said, stderr=said)

    def wait_for_moment(self) -> bool:
        """Wait until so many more requests were sent; says whether the run is still at work."""
        due = time.monotonic() + LONGEST_S
        wanted = asked(self.log) + self.rng.randint(LEAST, MOST)
        while self.process.poll() is None and asked(self.log) < wanted and time.monotonic() < due:
            time.sleep(0.02)
        return self.process.poll() is None

    def lose(self, findings: Findings) -> None:
        """Lose a shard's process, its node, or have the user stop all."""
        if self.rng.random() < STOPS:
            self.process.send_signal(signal.SIGINT)
            if self.process.wait(timeout=90) not in (0, 3):
                findings.problems.append(f"a stop ended with {self.process.returncode}")
            findings.kinds["stops"] += 1
            self.process = self.start()
            return
        at_work = [directory for _, directory in shards_below(self.out) if not finished(directory)]
        if not at_work:
            return
        victim = starts_of(self.rng.choice(at_work)).get("process")
        if not isinstance(victim, int):
            return
        if self.rng.random() < 0.5:
            if self.nodes.remove(victim):
                findings.kinds["nodes"] += 1
                findings.allowed += CONCURRENCY // SHARDS
                self.nodes.add()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                findings.kinds["processes"] += 1
                findings.allowed += CONCURRENCY // SHARDS

    def end(self) -> int:
        """Wait for the end."""
        return self.process.wait(timeout=400)


def finished(directory: Path) -> bool:
    """Say whether a shard has nothing left to do."""
    try:
        return orjson.loads((directory / "run.json").read_bytes())["finished"] is not None
    except OSError:
        return False


def asked(log: Path) -> int:
    """Count the requests that the server has had."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def digests(log: Path, first: int = 0) -> Counter[str]:
    """Return the requests that the server had from the `first` on."""
    return Counter(orjson.loads(line)["digest"] for line in log.read_bytes().splitlines()[first:])


def by_id(path: Path) -> bytes:
    """Return a dataset in the order of a merge."""
    lines = {orjson.loads(line)["id"].encode(): line for line in path.read_bytes().splitlines()}
    return b"".join(lines[name] + b"\n" for name in sorted(lines))


def check(findings: Findings, whole: Path, out: Path, since: Counter[str]) -> None:
    """Compare a run with the one that nothing happened to."""
    for name in DATASETS.values():
        wanted = by_id(whole / name)
        findings.rows += wanted.count(b"\n")
        got = (out / "merged" / name).read_bytes()
        if got != wanted:
            first = min({*wanted.splitlines()} ^ {*got.splitlines()}, default=b"the order")[:100]
            findings.problems.append(f"{out.name}: {name} is not that of one process: {first.decode(errors='replace')}")
    known = {reply.digest for reply in read_replies(whole)}
    kept = Counter(
        reply.digest
        for number in range(1, SHARDS + 1)
        if (shard := directory_of(out, Shard(number, SHARDS))).exists()
        for reply in read_replies(shard)
    )
    if kept.keys() != known:
        findings.problems.append(
            f"{out.name}: {len(known - kept.keys())} replies lack, {len(kept.keys() - known)} are new"
        )
    counts = {name: count for name, count in since.items() if name in known}
    findings.asked += sum(counts.values())
    findings.twice += sum(counts.values()) - len(counts)
    if len(counts) != len(known):
        findings.problems.append(f"{out.name}: {len(known) - len(counts)} requests were never sent")


def trial(losses: int, seed: int, directory: Path) -> Findings:
    """Lose so many, and tell what came of it."""
    findings, rng = Findings(), random.Random(seed)
    log = directory / "requests.jsonl"
    nodes = Nodes()
    with served_model(*PACE, "--request-log", str(log)) as url:
        rounds = 0
        while findings.losses < losses and not findings.problems:
            rounds += 1
            options = run_options(url, seed + rounds)
            whole, out = directory / f"one-{rounds}", directory / f"many-{rounds}"
            subprocess.run(command("run", "--out", whole, *options), check=True, capture_output=True)
            before = asked(log)
            losing = Losses(nodes, out, options, log, rng)
            until = min(losses, findings.losses + A_ROUND)
            while findings.losses < until and losing.wait_for_moment():
                losing.lose(findings)
                say(", ".join(f"{count} {kind}" for kind, count in findings.kinds.items()) + " lost")
            if (code := losing.end()) != 0:
                said = (directory / "driver.log").read_text(errors="replace").splitlines()[-5:]
                findings.problems.append(f"{out.name}: ended with {code}: {' | '.join(said)}")
                break
            check(findings, whole, out, digests(log, before))
    if findings.twice > findings.allowed:
        findings.problems.append(f"{findings.twice} requests were sent again, {findings.allowed} were in flight")
    nodes.cluster.shutdown()
    return findings


def main() -> int:
    """Run the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--losses", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.getLogger("ray").setLevel(logging.ERROR)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="node-losses-") as directory:
        findings = trial(options.losses, options.seed, Path(directory))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(findings.kinds.items()))
    say(
        f"{findings.losses} losses ({kinds}) in {time.monotonic() - began:.0f} s: {findings.rows:,} rows as those of"
        f" one process; {findings.asked:,} requests, {findings.twice} sent again, {findings.allowed} in flight at most"
    )
    for problem in findings.problems:
        say(problem)
    return bool(findings.problems)


if __name__ == "__main__":
    sys.exit(main())
