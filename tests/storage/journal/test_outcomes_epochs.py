# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
"""Several processes open one run's logs: whoever lives on, whatever is torn, each item counts once, in one history."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.appendlog.log_format import HEADER_LEAD
from synthtools_stream.storage.appendlog.segments import SegmentId
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import (
    Journal,
    count_passed_over,
    has_journal,
    journal_segments,
    read_counts,
    read_epoch,
    read_outcomes,
)
from synthtools_stream.storage.journal.reply_log import ReplyLog, read_replies, reply_segments
from synthtools_stream.values.jsontypes import JsonObject

ITEMS = 8
"""Items of a made-up run; each rests on the one before it."""
SEGMENT = 900
"""Bytes of a segment: a few records, so that schedules rotate often."""


def digest(number: int) -> str:
    return f"{number + 1:032x}"


class Process:
    """A process at work on a made-up run, step by step; it may be killed, or left to live on.

    An item asks for one reply, unless it is in the log, and writes an outcome that holds this reply and the outcome of
    the item before: where two processes were told different replies, what was built on one must not be mixed with the
    other.
    """

    def __init__(self, journal: Journal, replies: ReplyLog, name: str) -> None:
        self._journal, self._replies, self.name = journal, replies, name
        self.rows = [str(outcome.outputs[0]["row"]) for outcome in journal.earlier()]
        self.asked = 0

    @classmethod
    async def start(cls, directory: Path, name: str) -> Process:
        journal = await Journal.open(directory, "digest", segment_bytes=SEGMENT)
        process = cls(journal, await ReplyLog.open(directory, "digest", segment_bytes=SEGMENT), name)
        journal.subscribe(lambda outcome: process.rows.append(str(outcome.outputs[0]["row"])))
        return process

    async def step(self) -> bool:
        """Settle the next item; False when there is none."""
        number = next((n for n in range(ITEMS) if self._journal.seen("s", f"i{n}") is None), None)
        if number is None:
            return False
        reply = await self._replies.load(digest(number))
        if reply is None:
            self.asked += 1
            # A model that is asked twice answers twice.
            reply = await self._replies.append(digest(number), "r", f"i{number}", {"text": f"{number} by {self.name}"})
        before = "" if number == 0 else str((await self._journal.load("s", f"i{number - 1}")).outputs[0]["row"])
        row: JsonObject = {"id": f"i{number}", "row": f"{before}|{reply['text']}"}
        await self._journal.append(Outcome("s", f"i{number}", OutcomeKind.DONE, outputs=[row]))
        return True

    async def finish(self) -> None:
        while await self.step():
            pass
        await self._journal.conclude()

    async def close(self) -> None:
        """End; a killed process leaves the same files, but for a torn tail."""
        await self._journal.aclose()
        await self._replies.aclose()


def rows(directory: Path) -> list[str]:
    return [str(outcome.outputs[0]["row"]) for outcome in read_outcomes(directory)]


def assert_one_history(found: list[str]) -> None:
    """Each item once, in order, and each built on the very one before it."""
    assert [row.count("|") for row in found] == list(range(1, ITEMS + 1))
    assert all(later.startswith(f"{earlier}|") for earlier, later in pairwise(found))


@pytest.fixture(autouse=True)
def _seal_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)


async def test_two_at_once(tmp_path: Path) -> None:
    """Two that write in turns both come to their end, and the rows are those of one."""
    first = await Process.start(tmp_path, "first")
    await first.step()
    second = await Process.start(tmp_path, "second")
    for _ in range(ITEMS):
        await first.step()
        await second.step()
    await first.close()
    await second.close()
    assert rows(tmp_path) == second.rows
    assert_one_history(second.rows)
    assert count_passed_over(tmp_path) == ITEMS - 1
    assert read_counts(tmp_path)["s"][OutcomeKind.DONE] == ITEMS
    assert read_epoch(tmp_path) == 1


async def test_zombie_after_the_end(tmp_path: Path) -> None:
    """What a process writes after its successor has finished changes nothing, and a later one has nothing to do."""
    zombie = await Process.start(tmp_path, "zombie")
    for _ in range(3):
        await zombie.step()
    second = await Process.start(tmp_path, "second")
    await second.finish()
    await second.close()
    before = rows(tmp_path)
    await zombie.finish()
    await zombie.close()
    assert rows(tmp_path) == before == second.rows
    third = await Process.start(tmp_path, "third")
    assert third.rows == before
    assert not await third.step()
    await third.close()
    assert read_epoch(tmp_path) == 1, "who wrote nothing leaves nothing"


async def test_zombie_that_had_not_begun(tmp_path: Path) -> None:
    """A run that ends without anything to do ends it for whoever had claimed an epoch before and wakes only then."""
    first = await Process.start(tmp_path, "first")
    await first.step()
    zombie = await Process.start(tmp_path, "zombie")
    await first.finish()
    last = await Process.start(tmp_path, "last")
    await last.finish()
    await zombie.finish()
    for process in (first, zombie, last):
        await process.close()
    assert rows(tmp_path) == first.rows
    assert read_epoch(tmp_path) == 2


async def test_zombies_replies_are_not_asked_for_again(tmp_path: Path) -> None:
    """A successor that wrote and died leaves the zombie's outcomes aside; its replies make them again."""
    zombie = await Process.start(tmp_path, "zombie")
    await zombie.step()
    second = await Process.start(tmp_path, "second")
    await second.step()
    await second.close()
    await zombie.finish()
    await zombie.close()
    third = await Process.start(tmp_path, "third")
    await third.finish()
    await third.close()
    assert third.asked == 0
    assert_one_history(rows(tmp_path))
    assert "by second|2 by zombie" in rows(tmp_path)[-1]
    told = [str(logged.reply["text"]) for logged in read_replies(tmp_path) if logged.digest == digest(1)]
    assert told == ["1 by second", "1 by zombie"], "the later process' reply stands"


async def test_dying_before_the_first_outcome_changes_nothing(tmp_path: Path) -> None:
    """A process that took over and wrote nothing has not taken over: the other one's work counts."""
    first = await Process.start(tmp_path, "first")
    await first.step()
    _killed = await Process.start(tmp_path, "killed")
    await first.finish()
    await first.close()
    assert rows(tmp_path) == first.rows
    assert read_epoch(tmp_path) == 0


async def test_claims_at_once(tmp_path: Path) -> None:
    """Processes that start in the same moment get different epochs."""
    many = await asyncio.gather(*(Process.start(tmp_path, str(number)) for number in range(8)))
    assert [segment.epoch for segment in journal_segments(tmp_path).present()] == list(range(8))
    await asyncio.gather(*(process.finish() for process in many))
    await asyncio.gather(*(process.close() for process in many))
    assert_one_history(rows(tmp_path))


async def test_torn_tail_of_an_old_epoch(tmp_path: Path) -> None:
    """A tail in a segment that nobody writes any more neither counts nor stands in the way, wherever it is torn."""
    first = await Process.start(tmp_path, "first")
    for _ in range(3):
        await first.step()
    await first.close()
    whole = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    log = max(name for name in whole if name.startswith("journal"))
    for cut in range(1, len(whole[log]), 41):
        for path in tmp_path.iterdir():
            path.unlink()
        for name, content in whole.items():
            (tmp_path / name).write_bytes(content)
        (tmp_path / log).write_bytes(whole[log][:-cut])
        second = await Process.start(tmp_path, "second")
        await second.finish()
        await second.close()
        assert second.asked == ITEMS - 3, "what was lost is made again of its reply"
        assert_one_history(rows(tmp_path))


async def test_sealing_while_another_reads(tmp_path: Path) -> None:
    """A reader that is in the middle of a segment while it is sealed reads on to its end."""
    first = await Process.start(tmp_path, "first")
    await first.finish()
    await first.close()
    reading = read_outcomes(tmp_path)
    found = [next(reading)]
    for segments in (journal_segments(tmp_path), reply_segments(tmp_path)):
        segments.seal()
    found += reading
    assert [str(outcome.outputs[0]["row"]) for outcome in found] == first.rows
    second = await Process.start(tmp_path, "second")
    assert second.rows == first.rows
    await second.close()


async def test_missing_epoch_is_damage(tmp_path: Path) -> None:
    """Where an epoch is gone that a later one builds on, that is said, and which file it was."""
    for name in ("first", "second"):
        process = await Process.start(tmp_path, name)
        await process.step()
        await process.close()
    journal_segments(tmp_path).path(SegmentId(0, 0)).unlink()
    with pytest.raises(Exception, match=r"journal.jsonl:1: this segment is missing"):
        rows(tmp_path)


@pytest.mark.parametrize("seed", range(100))
async def test_any_schedule(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is started, killed, paused and woken when: the rows are one history, and what counted once counts on."""
    monkeypatch.setattr("os.fdatasync", unsynced)
    monkeypatch.setattr("os.fsync", unsynced)
    rng = random.Random(seed)
    alive = [await Process.start(tmp_path, "p0")]
    for name in _names(rng.randrange(2, 6)):
        for _ in range(rng.randrange(6)):
            await rng.choice(alive).step()
        if rng.random() < 0.5:
            killed = alive.pop(rng.randrange(len(alive)))
            await killed.close()
            _tear(tmp_path, rng)
        history = rows(tmp_path) if has_journal(tmp_path) else []
        alive.append(await Process.start(tmp_path, name))
        assert alive[-1].rows == history
    latest = alive[-1]
    rng.shuffle(alive)
    await asyncio.gather(*(process.finish() for process in alive[: rng.randrange(len(alive) + 1)]))
    await latest.finish()
    assert_one_history(latest.rows)
    for process in alive:
        await process.finish()
        await process.close()
    assert rows(tmp_path) == latest.rows
    last = await Process.start(tmp_path, "last")
    assert last.rows == latest.rows
    await last.close()


def unsynced(_fd: int) -> None:
    """Do not wait for the disk, which would be some thousand times."""


def _names(count: int) -> Iterator[str]:
    return (f"p{number}" for number in range(1, count + 1))


def _tear(directory: Path, rng: random.Random) -> None:
    """Leave half a batch behind the end of some epoch's last segment, as a killed process may."""
    for segments in (journal_segments(directory), reply_segments(directory)):
        for found in segments.epochs().values():
            path = segments.path(found[-1])
            content = path.read_bytes() if path.exists() else b"sealed"
            if rng.random() < 0.3 and (not content or content.endswith(b"\n")):
                begun = b'{"n":99,"c":"0000' if content else HEADER_LEAD
                with path.open("ab") as file:
                    file.write(begun[: rng.randrange(len(begun))])
