"""Logs in segments: the next one begins when one is full, full ones are sealed, and every position stays good."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from synthtools_stream.errors import LogDamage, StorageError
from synthtools_stream.storage.appendlog import sealed_log, segmented_log
from synthtools_stream.storage.appendlog.log_format import Position
from synthtools_stream.storage.appendlog.sealed_log import seal, sealed_path
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.appendlog.segmented_log import SegmentedLog
from synthtools_stream.storage.appendlog.segments import FIRST, SegmentId, SegmentName, SegmentPosition, Segments
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


def at(number: int, epoch: int = 0) -> SegmentId:
    return SegmentId(epoch, number)


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
    assert [await sealed.get() for _ in range(last)] == [segments.path(at(number)) for number in range(last)]
    assert [await log.read(place) for place in places[::7]] == [payload(number) for number in range(0, 300, 7)]
    await log.aclose()
    assert names(segments) == sorted(
        [
            segments.path(at(last)).name,
            *(sealed_path(segments.path(at(number))).name for number in range(last)),
        ]
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
    assert names(segments) == sorted(segments.path(at(number)).name for number in range(places[-1].segment + 1))
    monkeypatch.undo()
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    await (await opened(segments)).aclose()
    assert sealed_path(segments.path(FIRST)).exists(), "the next open seals what it can"


async def test_goes_on_after_the_last_was_sealed(segments: Segments) -> None:
    """Whether its segments are sealed or not, whoever opens a log again goes on in segments of an epoch of its own."""
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    segments.seal()
    assert names(segments) == ["log.jsonl.zst"]
    log = await opened(segments)
    [*_, place] = await fill(log, 10, 20)
    assert (log.epoch, log.path(place.segment)) == (1, segments.path(at(0, epoch=1)))
    await log.aclose()
    assert names(segments) == ["log-e000001-000000.jsonl", "log.jsonl.zst"]
    assert [one.payload for one in SegmentReader(segments)] == [payload(number) for number in range(20)]


async def test_sealed_epoch_gets_no_namesake(segments: Segments, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a listing is old, as network disks may give it, a sealed epoch is not claimed again."""
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    segments.seal()

    def old_listing(_segments: Segments) -> list[SegmentId]:
        return []

    monkeypatch.setattr(Segments, "present", old_listing)
    writer = await asyncio.to_thread(segmented_log.claim_epoch, segments, "digest")
    assert writer.epoch == 1
    writer.give_up()
    assert names(segments) == ["log.jsonl.zst"]


async def test_cut_off_sealing_loses_nothing(segments: Segments) -> None:
    """Where a killed sealing left both forms the plain one counts, and stays until it is sealed again."""
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    plain = segments.path(FIRST).read_bytes()
    segments.seal()
    packed = sealed_path(segments.path(FIRST)).read_bytes()
    segments.path(FIRST).write_bytes(plain)
    sealed_path(segments.path(FIRST)).write_bytes(b"half of it")
    log = await opened(segments)
    await fill(log, 10, 20)
    await log.aclose()
    assert len(list(SegmentReader(segments))) == 20
    segments.seal()
    assert not segments.path(FIRST).exists()
    assert sealed_path(segments.path(FIRST)).read_bytes() == packed


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
    assert reader.path >= segments.path(at(4))


async def test_damaged_chains(segments: Segments) -> None:
    """A missing segment, and an earlier one that has a tail, are damage."""
    log = await opened(segments)
    await fill(log, 0, 100)
    await log.aclose()
    segments.seal()
    sealed_path(segments.path(FIRST)).unlink()
    with pytest.raises(LogDamage, match=r"log.jsonl:1: this segment is missing"):
        await opened(segments)
    segments = Segments(segments.directory, SegmentName("torn", "torn.jsonl", FORMAT))
    log = await opened(segments)
    await fill(log, 0, 10)
    await log.aclose()
    with segments.path(FIRST).open("ab") as file:
        file.write(b'{"n":')
    segments.path(at(1)).touch()
    with pytest.raises(LogDamage, match="an earlier segment does not end with a commit"):
        await opened(segments)
    with pytest.raises(LogDamage, match="an earlier segment"):
        list(SegmentReader(segments))
