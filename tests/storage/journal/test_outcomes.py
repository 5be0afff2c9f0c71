from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog.log_format import header_line
from synthtools_stream.storage.appendlog.log_writer import AppendLog
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import JOURNAL_FORMAT, JOURNAL_NAME, Journal, read_counts, read_outcomes

DONE, REJECTED, FAILED = OutcomeKind.DONE, OutcomeKind.REJECTED, OutcomeKind.FAILED


def outcome(item: str, kind: OutcomeKind = DONE, stage: str = "audit") -> Outcome:
    return Outcome(
        stage, item, kind, reason="why", outputs=[{"id": item, "text": 'a ,"reason":"b"\n'}], timing={"s": 0.5}
    )


async def test_resume_knows_outcomes(tmp_path: Path) -> None:
    """A reopened journal knows every outcome, counts it, and reads it back whole."""
    written = [outcome("a"), outcome("b", REJECTED), outcome("c", FAILED), outcome("a", stage="evolve")]
    journal = await Journal.open(tmp_path, "digest")
    for one in written:
        await journal.append(one)
    await journal.aclose()
    journal = await Journal.open(tmp_path, "digest")
    assert [journal.seen(one.stage, one.item) for one in written] == [DONE, REJECTED, FAILED, DONE]
    assert journal.seen("audit", "d") is None
    assert [await journal.load(one.stage, one.item) for one in written] == written
    assert journal.counts() == {
        "audit": {DONE: 1, REJECTED: 1, FAILED: 1},
        "evolve": {DONE: 1, REJECTED: 0, FAILED: 0},
    }
    assert read_counts(tmp_path) == journal.counts()
    await journal.aclose()
    assert list(read_outcomes(tmp_path)) == written


async def test_strange_names_are_kept_apart(tmp_path: Path) -> None:
    """Items whose names hold JSON syntax are found again."""
    items = ['x","reason":"', "x\\", '"', "ü\n", ""]
    journal = await Journal.open(tmp_path, "digest")
    for item in items:
        await journal.append(outcome(item, stage='s","reason":'))
    await journal.aclose()
    journal = await Journal.open(tmp_path, "digest")
    assert [(await journal.load('s","reason":', item)).item for item in items] == items
    await journal.aclose()


async def test_failed_is_superseded(tmp_path: Path) -> None:
    """A failed item may fail again and be done later; only its last outcome counts."""
    journal = await Journal.open(tmp_path, "digest")
    for kind in (FAILED, FAILED, DONE):
        await journal.append(outcome("a", kind))
    assert journal.counts() == {"audit": {DONE: 1, REJECTED: 0, FAILED: 0}}
    await journal.aclose()
    journal = await Journal.open(tmp_path, "digest")
    assert journal.counts() == {"audit": {DONE: 1, REJECTED: 0, FAILED: 0}}
    assert (await journal.load("audit", "a")).kind is DONE
    await journal.aclose()


@pytest.mark.parametrize("kind", list(OutcomeKind))
async def test_finished_once(tmp_path: Path, kind: OutcomeKind) -> None:
    """A finished item never gets a second outcome, not even while the first is being written."""
    journal = await Journal.open(tmp_path, "digest")
    results = await asyncio.gather(*(journal.append(outcome("a")) for _ in range(2)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), RuntimeError]
    with pytest.raises(RuntimeError, match="second outcome"):
        await journal.append(outcome("a", kind))
    await journal.aclose()
    assert len(list(read_outcomes(tmp_path))) == 1


async def test_doubled_outcome_is_damage(tmp_path: Path) -> None:
    """A journal in which a finished item stands twice is refused, with the line."""
    log = await AppendLog.create(tmp_path / JOURNAL_NAME, header_line(JOURNAL_FORMAT, "digest"))
    for _ in range(2):
        await log.append(outcome("a").encode())
    await log.aclose()
    with pytest.raises(LogDamage) as caught:
        await Journal.open(tmp_path, "digest")
    assert caught.value.line == 4


async def test_subscribers_follow_journal_order(tmp_path: Path) -> None:
    """Subscribers see each outcome once, durable, in the order of the journal."""
    journal = await Journal.open(tmp_path, "digest")
    seen: list[Outcome] = []
    rooms: list[int] = []

    async def room() -> None:
        rooms.append(len(seen))

    journal.subscribe(seen.append, room)
    tasks = [asyncio.create_task(journal.append(outcome(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[3].cancelled()
    assert seen == list(read_outcomes(tmp_path))
    assert len(seen) == 20
    assert len(rooms) == 19
    await journal.aclose()


async def test_load_unknown(tmp_path: Path) -> None:
    """Loading what is not there is a KeyError."""
    journal = await Journal.open(tmp_path, "digest")
    with pytest.raises(KeyError):
        await journal.load("audit", "a")
    await journal.aclose()


async def test_other_configuration(tmp_path: Path) -> None:
    """The journal of another configuration is refused."""
    journal = await Journal.open(tmp_path, "digest")
    await journal.append(outcome("a"))
    await journal.aclose()
    with pytest.raises(RunDirectoryError, match="another configuration"):
        await Journal.open(tmp_path, "other")
