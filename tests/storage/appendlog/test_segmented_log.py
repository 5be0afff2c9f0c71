"""Logs in segments: the next one begins when one is full, full ones are sealed, and every position stays good."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from synthtools_stream.errors import LogDamage, StorageError
from synthtools_stream.storage.appendlog import sealed_log, segmented_log
from synthtools_stream.storage.appendlog.log_format import Position
from synthtools_stream.storage.appendlog.sealed_log import seal, sealed_path
from synthtools_stream.storage.appendlog.segmented_log import SegmentedLog
from synthtools_stream.storage.appendlog.segments import SegmentName, SegmentPosition, SegmentReader, Segments
from tests.storage.appendlog.logkit import FORMAT, payload

FULL = 2000
"""Bytes of a segment in these tests."""


@pytest.fixture
def segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Segments:
    """Segments that are sealed however small they are."""
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    return Segments(tmp_path, SegmentName("log", "log.jsonl", FORMAT))


async def opened(segments: Segments, found: list[bytes] | None = None) -> SegmentedLog:
    def keep(_path: Path, _segment: int, _position: Position, payload: bytes) -> None:
        if found is not None:
            found.append(payload)

    return await SegmentedLog.open(segments, "digest", on_record=keep, segment_bytes=FULL)


async def fill(log: SegmentedLog, start: int, stop: int) -> list[SegmentPosition]:
    return [
        place
        for ten in range(start, stop, 10)
        for place in await asyncio.gather(*(log.append(payload(number)) for number in range(ten, ten + 10)))
    ]


def names(segments: Segments) -> list[str]:
    return sorted(path.name for path in segments.directory.iterdir())


async def test_full_segments_are_sealed(segments: Segments, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full segments are sealed in the background, records stay where they were, and a resume reads them all."""
    loop, sealed = asyncio.get_running_loop(), asyncio.Queue[Path]()

    def told(path: Path) -> None:
        seal(path)
        loop.call_soon_threadsafe(sealed.put_nowait, path)

    monkeypatch.setattr(segmented_log, "seal", told)
    log = await opened(segments)
    places = await fill(log, 0, 300)
    last = places[-1].segment
    assert last >= 4
    assert [await sealed.get() for _ in range(last)] == [segments.path(number) for number in range(last)]
    assert [await log.read(place) for place in places[::7]] == [payload(number) for number in range(0, 300, 7)]
    await log.aclose()
    assert names(segments) == sorted(
        [segments.path(last).name, *(sealed_path(segments.path(number)).name for number in range(last))]
    )
    found: list[bytes] = []
    log = await opened(segments, found)
    assert found == [payload(number) for number in range(300)]
    assert [await log.read(place) for place in places[::7]] == found[::7]
    await log.aclose()


async def test_order_of_a_rotation(segments: Segments) -> None:
    """Whoever appends while a segment is replaced is told in the log's order, cancelled callers' records included."""
    log = await opened(segments)
    told: list[SegmentPosition] = []
    for _ in range(10):
        tasks = [asyncio.create_task(log.append(payload(number), told.append)) for number in range(20)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await log.aclose()
    assert len(told) == 200
    assert told == sorted(told)


async def test_sealing_delays_no_commit(segments: Segments, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a segment is being sealed, records become durable; one that the disk refuses to seal stays plain."""
    going_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def refuse(path: Path) -> bool:
        asyncio.run_coroutine_threadsafe(going_on.wait(), loop).result()
        raise StorageError(f"{path}: full")

    monkeypatch.setattr(segmented_log, "seal", refuse)
    log = await opened(segments)
    places = await fill(log, 0, 200)
    going_on.set()
    await log.aclose()
    assert names(segments) == sorted(segments.path(number).name for number in range(places[-1].segment + 1))
    monkeypatch.undo()
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    await (await opened(segments)).aclose()
    assert sealed_path(segments.path(0)).exists(), "the next open seals what it can"


async def test_goes_on_after_the_last_was_sealed(segments: Segments) -> None:
    """A log whose segments are all sealed goes on in a new one."""
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    segments.seal()
    assert names(segments) == ["log.jsonl.zst"]
    log = await opened(segments)
    [*_, place] = await fill(log, 10, 20)
    await log.aclose()
    assert place.segment == 1
    assert [one.payload for one in SegmentReader(segments)] == [payload(number) for number in range(20)]


async def test_cut_off_sealing_is_cleared_away(segments: Segments) -> None:
    """What a killed sealing of the last segment left is gone before anything is appended to it."""
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    plain = segments.path(0).read_bytes()
    seal(segments.path(0))
    segments.path(0).write_bytes(plain)
    log = await opened(segments)
    assert names(segments) == ["log.jsonl"]
    await fill(log, 10, 20)
    await log.aclose()
    assert len(list(SegmentReader(segments))) == 20


async def test_follows_through_segments(segments: Segments) -> None:
    """A reader that comes again goes on through new segments, and through those that were sealed meanwhile."""
    log = await opened(segments)
    reader, seen = SegmentReader(segments, "digest"), list[bytes]()
    for start in range(0, 300, 30):
        await fill(log, start, start + 30)
        seen += [record.payload for record in reader]
        assert len(seen) == start + 30
    await log.aclose()
    assert seen == [payload(number) for number in range(300)]
    assert reader.segment >= 4


async def test_damaged_chains(segments: Segments) -> None:
    """A missing segment, and an earlier one that has a tail, are damage."""
    log = await opened(segments)
    await fill(log, 0, 100)
    await log.aclose()
    segments.seal()
    sealed_path(segments.path(0)).unlink()
    with pytest.raises(LogDamage, match=r"log.jsonl:1: this segment is missing"):
        await opened(segments)
    segments = Segments(segments.directory, SegmentName("torn", "torn.jsonl", FORMAT))
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    with segments.path(0).open("ab") as file:
        file.write(b'{"n":')
    segments.path(1).touch()
    with pytest.raises(LogDamage, match="an earlier segment does not end with a commit"):
        await opened(segments)
    with pytest.raises(LogDamage, match="an earlier segment"):
        list(SegmentReader(segments))
