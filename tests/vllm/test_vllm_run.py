"""The command line against a real vLLM that writes gibberish: it is rejected with reasons, and nothing hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from synthtools_stream.values.jsontypes import JsonObject
from tests.vllm.vllmkit import MODEL, TinyServer, on_gpu, until

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(400)]

# Gibberish has no end of its own: short answers are as good as long ones.
SHORT = "\n".join(
    f"[roles.{role}]\nmax_tokens = 500"
    for role in ("blueprint", "tool", "world", "probe", "dialogue_planner", "proposer")
)


def synthtools(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "synthtools_stream", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def rows(path: Path) -> list[JsonObject]:
    """Read a dataset."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def replies(directory: Path) -> int:
    """Count the replies of a run, the log's own lines included."""
    return sum(path.read_bytes().count(b"\n") for path in directory.glob("replies-*.jsonl"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus of the embedded model, to begin at each stage of a run."""
    directory = tmp_path_factory.mktemp("corpus")
    done = synthtools("run", "--out", directory, "--field", "Maritime Shipping", "--sequences", "2", "--quiet")
    assert done.returncode == 0, done.stderr
    assert rows(directory / "task_content.jsonl")
    return directory


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("--field", "generation"),
        ("--environments", "generation"),
        ("--tools", "sequencing"),
        ("--tasks", "rollout"),
    ],
)
def test_gibberish_is_rejected_with_reasons(
    server: TinyServer, corpus: Path, tmp_path: Path, start: str, first: str
) -> None:
    """From wherever a run begins, it ends by itself, with every item settled and every reject explained."""
    files = {"--environments": "environments.jsonl", "--tools": "tools.jsonl", "--tasks": "task_content.jsonl"}
    origin = str(corpus / files[start]) if start in files else "Kite Making"
    config = tmp_path / "run.toml"
    config.write_text(SHORT)
    out = tmp_path / "out"
    command: list[str | Path] = ["run", config, "--out", out, start, origin, "--server-url", server.url]

    done = synthtools(*command, "--concurrency", "32", "--sequences", "2", "--quiet")

    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    rejected = rows(out / "rejected.jsonl")
    assert all(row["id"] and row["stage"] and row["reason"] and row["outcome"] == "rejected" for row in rejected)
    settled = orjson.loads(synthtools("status", out, "--json").stdout)
    assert sum(settled["stages"][first].get(kind, 0) for kind in ("done", "rejected")) > 0
    assert all(
        stage.get(open_, 0) == 0 for stage in settled["stages"].values() for open_ in ("queued", "running", "failed")
    )
    assert orjson.loads((out / "run.json").read_bytes())["server"][0]["structured"] == "enforced"


async def test_restart_in_mid_run(server: TinyServer, corpus: Path, tmp_path: Path) -> None:
    """A server that is killed and started again in the middle of a run costs no item."""
    config = tmp_path / "run.toml"
    config.write_text(SHORT)
    origin = corpus / "environments.jsonl"
    out = tmp_path / "out"
    command: list[str | Path] = ["run", config, "--out", out, "--environments", origin, "--server-url", server.url]

    async with asyncio.TaskGroup() as group:
        running = group.create_task(asyncio.to_thread(lambda: synthtools(*command, "--quiet")))
        # Not before: a server that goes while it is probed ends the run before it began.
        await until(lambda: replies(out) > 1, "the run has its first replies", within_s=60)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.restart)

    assert running.result().returncode in (0, 1), running.result().stderr
    settled = orjson.loads(synthtools("status", out, "--json").stdout)
    assert settled["state"] == "finished"
    assert all(stage.get("failed", 0) == 0 for stage in settled["stages"].values())


def test_engine_in_our_process(corpus: Path, tmp_path: Path) -> None:
    """The whole command works with the engine inside: items settle, facts and cached tokens are told, it ends clean."""
    engine = {
        "load_format": '"dummy"',
        "served_model_name": '"tiny"',
        "enforce_eager": "true",
        "max_model_len": "16384",
        "max_num_seqs": "64",
        "dtype": '"bfloat16"' if on_gpu() else '"float32"',
        "gpu_memory_utilization": "0.2",
        "structured_outputs_config": '{backend = "guidance", disable_any_whitespace = true}',
    }
    config = tmp_path / "run.toml"
    arguments = "\n".join(f"{key} = {value}" for key, value in engine.items())
    config.write_text(f'backend = "vllm"\nmodel = "{MODEL}"\n[vllm]\n{arguments}\n{SHORT}')
    out = tmp_path / "out"

    done = synthtools("run", config, "--out", out, "--environments", corpus / "environments.jsonl", "--quiet")

    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    [found] = orjson.loads((out / "run.json").read_bytes())["server"]
    assert (found["engine"], found["model"], found["structured"]) == ("vllm", "tiny", "enforced")
    status = orjson.loads(synthtools("status", out, "--json").stdout)
    assert status["state"] == "finished"
    assert status["stages"]["generation"]["done"] + status["stages"]["generation"]["rejected"] > 0
    assert all(stage.get("failed", 0) == 0 for stage in status["stages"].values())
    assert status["tokens"]["cached"] > 0
    assert all(row["reason"] for row in rows(out / "rejected.jsonl"))
