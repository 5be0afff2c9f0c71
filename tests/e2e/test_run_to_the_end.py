"""What is true of a run as a whole, however many sessions it took and however many requests were in flight."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.asking.reply_json import reply_from_json
from synthtools_stream.engine.run_status import read_status
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.journal.outcome import Outcome
from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.storage.journal.reply_log import LoggedReply, read_replies
from synthtools_stream.storage.rundir.reply_compaction import compact
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.e2e.commands import row_sets
from tests.faults.faultkit import Told, run

NAMES = ("Maritime Shipping", "Library Science")
PRICES: JsonObject = {"prompt": 1.0, "completion": 3.0}


def tokens(run_dir: Path) -> JsonObject:
    """Add up what the replies of a run cost."""
    used = [reply_from_json(logged.reply).usage for logged in read_replies(run_dir)]
    cached = sum(int(str(logged.timing["cached_tokens"])) for logged in read_replies(run_dir))
    return {
        "prompt": sum(one.prompt_tokens for one in used),
        "completion": sum(one.completion_tokens for one in used),
        "cached": cached,
    }


async def test_sessions_add_up(tmp_path: Path) -> None:
    """A resumed run shows the tokens, cost and requests of all its sessions, replies that were dropped included."""
    told = Told()
    await run(tmp_path, stop_after="evolution", prices=PRICES)
    first = tokens(tmp_path)
    asked = sum(1 for _ in read_replies(tmp_path))
    dropped = compact(tmp_path).dropped
    await run(tmp_path, told, prices=PRICES)

    kept = tokens(tmp_path)
    standing = read_status(tmp_path)
    last = told.snapshots[-1]
    assert standing["tokens"] == last["tokens"]
    assert object_at(told.snapshots[0], "tokens")["prompt"] == first["prompt"]
    requests, spent = object_at(last, "requests"), object_at(last, "tokens")
    sent = requests["sent"]
    assert isinstance(sent, int)
    assert 0 < sent < asked
    assert requests["total"] == asked + sent == dropped + sum(1 for _ in read_replies(tmp_path))
    prompt, completion = spent["prompt"], spent["completion"]
    assert isinstance(prompt, int)
    assert isinstance(completion, int)
    assert prompt > max(int(str(first["prompt"])), int(str(kept["prompt"])))
    assert last["cost"] == round((prompt + 3 * completion) / 1e6, 4)


async def test_concurrency_decides_nothing(tmp_path: Path) -> None:
    """One request at a time or many: outcomes, replies and rows are the same, `timing` aside."""
    narrow, wide = tmp_path / "narrow", tmp_path / "wide"
    await run(narrow, names=NAMES, concurrency=1, queue_size=1, live_environments=1, live_tasks=1)
    await run(wide, names=NAMES, concurrency=96)
    assert row_sets(narrow) == row_sets(wide)
    assert outcomes(narrow) == outcomes(wide)
    assert replies(narrow) == replies(wide)
    assert len(outcomes(wide)) > 40


async def test_sealed_logs_are_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that goes on after its logs were sealed asks nothing twice, and ends with an undisturbed one's rows."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    await run(whole, sequences=2)
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    for last in ("generation", "evolution", "rollout"):
        await run(parts, sequences=2, stop_after=last)
    assert sorted(path.name for path in parts.glob("journal*")) == [
        "journal-e000001-000000.jsonl.zst",
        "journal-e000002-000000.jsonl.zst",
        "journal.jsonl.zst",
    ]
    assert row_sets(parts) == row_sets(whole)
    assert replies(parts) == replies(whole)
    assert sum(1 for _ in read_replies(parts)) == len(replies(whole)), "none was asked for twice"
    assert read_status(parts)["stages"] == read_status(whole)["stages"]


def outcomes(run_dir: Path) -> dict[tuple[str, str], Json]:
    """Return a run's outcomes by stage and item, each once, without their timing."""
    found: dict[tuple[str, str], Json] = {}
    for outcome in read_outcomes(run_dir):
        assert (outcome.stage, outcome.item) not in found
        found[outcome.stage, outcome.item] = told(outcome)
    return found


def told(outcome: Outcome) -> Json:
    """Return all of an outcome but its timing."""
    return [
        outcome.kind.value,
        outcome.reason,
        outcome.detail,
        [*outcome.outputs],
        outcome.extra,
        outcome.usage,
    ]


def replies(run_dir: Path) -> dict[str, LoggedReply]:
    """Return a run's replies by their digest, without their timing."""
    return {logged.digest: logged._replace(timing={}) for logged in read_replies(run_dir)}
