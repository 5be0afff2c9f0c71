"""A power cut tears each log somewhere in its last batches; the run goes on from what stands."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.storage.journal.reply_log import read_replies
from tests.e2e.commands import row_sets
from tests.faults.faultkit import run

JOURNAL, REPLIES, TOOLS = "journal.jsonl", "replies-000000.jsonl", "tools.jsonl"
COMMIT = re.compile(rb'\{"commit":.*\n')


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run; tests cut copies of it."""
    out = tmp_path_factory.mktemp("cut") / "finished"
    asyncio.run(run(out))
    return out


def places(log: bytes) -> dict[str, int]:
    """Name some places of the last two batches of a log."""
    ends = [commit.end() for commit in COMMIT.finditer(log)]
    last = ends[-2]
    first_end = log.index(b"\n", last) + 1
    return {
        "between": last,
        "in a head": last + 5,
        "in a payload": (last + first_end) // 2,
        "before a line break": first_end - 1,
        "before the commit": log.rindex(b'{"commit":'),
        "in the commit": len(log) - 4,
        "in the batch before": (ends[-3] + last) // 2,
    }


@pytest.mark.parametrize(
    ("journal", "replies", "tools"),
    [
        ("between", "in the commit", 0.3),
        ("in a head", "before the commit", 0.9),
        ("in a payload", "in the batch before", 0.5),
        ("before a line break", "in a payload", 1.0),
        ("before the commit", "in a head", 0.0),
        ("in the commit", "between", 0.7),
        ("in the batch before", "before a line break", 0.1),
    ],
)
async def test_goes_on_from_what_stands(
    journal: str, replies: str, tools: float, finished: Path, tmp_path: Path
) -> None:
    """Wherever journal, replies and datasets end, the rows become those of the undisturbed run, none twice."""
    out = Path(shutil.copytree(finished, tmp_path / "run"))
    for name, place in ((JOURNAL, journal), (REPLIES, replies)):
        log = (out / name).read_bytes()
        (out / name).write_bytes(log[: places(log)[place]])
    rows = (out / TOOLS).read_bytes()
    (out / TOOLS).write_bytes(rows[: int(tools * len(rows))])

    summary = await run(out, token_budget=10**9)  # under another budget it does not count as finished

    assert not summary.already_finished
    assert row_sets(out) == row_sets(finished)
    assert keys(out) == keys(finished)


def keys(out: Path) -> tuple[list[str], list[str]]:
    """Return which outcomes and which replies the logs hold."""
    outcomes = sorted(f"{outcome.stage} {outcome.item}" for outcome in read_outcomes(out))
    return outcomes, sorted(logged.digest for logged in read_replies(out))
