from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.errors import LogDamage, StorageError
from synthtools_stream.storage.journal.reply_log import ReplyLog, read_replies
from synthtools_stream.values.jsontypes import JsonObject

FILES = Path("/proc/self/fd")


def digest(number: int) -> str:
    return f"{number:032x}"


async def open_replies(run_dir: Path, segment_bytes: int = 400) -> ReplyLog:
    return await ReplyLog.open(run_dir, "config", segment_bytes=segment_bytes)


async def fill(run_dir: Path, count: int) -> None:
    replies = await open_replies(run_dir)
    for number in range(count):
        await replies.append(digest(number), "judge", f"item{number}", {"text": str(number)}, {"s": 1})
    await replies.aclose()


def segments(run_dir: Path) -> list[Path]:
    return sorted(run_dir.glob("replies-*.jsonl"))


async def test_append_then_load(tmp_path: Path) -> None:
    """A reply is found by its request's digest, in the same process and in the next."""
    replies = await open_replies(tmp_path)
    assert replies.lookup(digest(1)) is None
    assert await replies.load(digest(1)) is None
    assert await replies.append(digest(1), "judge", "item", {"text": "yes"}) == {"text": "yes"}
    assert await replies.load(digest(1)) == {"text": "yes"}
    await replies.aclose()
    replies = await open_replies(tmp_path)
    assert len(replies) == 1
    assert replies.lookup(digest(1)) is not None
    assert await replies.load(digest(1)) == {"text": "yes"}
    await replies.aclose()


async def test_segments_rotate(tmp_path: Path) -> None:
    """Full segments are sealed; replies of all of them are found and read in order."""
    await fill(tmp_path, 20)
    assert len(segments(tmp_path)) > 3
    replies = await open_replies(tmp_path)
    assert [await replies.load(digest(number)) for number in range(20)] == [{"text": str(n)} for n in range(20)]
    await replies.append(digest(20), "judge", "item", {"text": "20"})
    await replies.aclose()
    told = [logged.reply["text"] for logged in read_replies(tmp_path)]
    assert told == ["20", *(str(number) for number in range(20))], "the latest process' come first"
    first = list(read_replies(tmp_path))[1]
    assert first == (digest(0), "judge", "item0", {"text": "0"}, {"s": 1})


@pytest.mark.skipif(not FILES.is_dir(), reason="the system does not tell which files are open")
async def test_open_files_are_few(tmp_path: Path) -> None:
    """However many segments were read, none but the last is held open, and none after closing."""
    await fill(tmp_path, 60)
    assert len(segments(tmp_path)) > 20
    replies = await open_replies(tmp_path)
    found = await asyncio.gather(*(replies.load(digest(number)) for number in range(60)))
    assert [reply and reply["text"] for reply in found] == [str(number) for number in range(60)]
    assert open_below(tmp_path) == [segments(tmp_path)[-1]]
    await replies.aclose()
    assert open_below(tmp_path) == []


def open_below(directory: Path) -> list[Path]:
    links = [Path(os.readlink(FILES / name)) for name in os.listdir(FILES) if (FILES / name).is_symlink()]
    return [link for link in links if link.is_relative_to(directory)]


async def test_rotation_under_load(tmp_path: Path) -> None:
    """Many at once neither lose a reply nor write to a sealed segment, cancelled callers included."""
    replies = await open_replies(tmp_path)
    for start in range(0, 100, 10):
        tasks = [
            asyncio.create_task(replies.append(digest(n), "agent", "item", {"n": n})) for n in range(start, start + 10)
        ]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[7].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await replies.aclose()
    assert len(segments(tmp_path)) > 5
    replies = await open_replies(tmp_path)
    assert [await replies.load(digest(n)) for n in range(100)] == [{"n": n} for n in range(100)]
    await replies.aclose()


async def test_no_room_for_a_segment(tmp_path: Path) -> None:
    """A next segment that cannot be made stops the run resumably; what was acknowledged stands."""
    replies = await open_replies(tmp_path, segment_bytes=300)
    in_the_way = tmp_path / "replies-000001.jsonl"
    in_the_way.mkdir()
    added = 0
    while (tmp_path / "replies-000000.jsonl").stat().st_size < 300:
        await replies.append(digest(added), "judge", "item", {"text": "yes"})
        added += 1
    with pytest.raises(StorageError, match="replies-000001"):
        await replies.append(digest(99), "judge", "item", {"text": "no"})
    await replies.aclose()
    in_the_way.rmdir()
    replies = await open_replies(tmp_path)
    assert 0 < len(replies) == added
    await replies.aclose()


async def test_spent_replies_are_forgotten(tmp_path: Path) -> None:
    """While a run goes on, the replies of items that are finished leave the index, and no others do."""
    finished: set[str] = set()
    replies = await ReplyLog.open(tmp_path, "config", spent=finished.__contains__)
    for number in range(6):
        await replies.append(digest(number), "judge", f"item{number // 2}", {"text": str(number)})
    assert len(replies) == 6
    finished.add("item0")
    for number in range(6, 10):
        await replies.append(digest(number), "judge", "item3", {"text": str(number)})
    assert [replies.lookup(digest(number)) is None for number in range(10)] == [True, True, *[False] * 8]
    await replies.aclose()


async def test_spent_replies_are_not_indexed(tmp_path: Path) -> None:
    """Replies of items that are finished take no memory, and their tokens count all the same."""
    replies = await open_replies(tmp_path, segment_bytes=10_000)
    usage: JsonObject = {"prompt_tokens": 7, "completion_tokens": 2}
    for number in range(10):
        text = '","usage":{"prompt_tokens":99,"completion_tokens":99'
        await replies.append(digest(number), "judge", f"item{number % 2}", {"text": text, "usage": usage})
    await replies.aclose()
    replies = await ReplyLog.open(tmp_path, "config", spent=lambda item: item == "item1")
    assert len(replies) == 5
    assert replies.lookup(digest(0)) is not None
    assert replies.lookup(digest(1)) is None
    assert replies.usage == Usage(70, 20)
    await replies.aclose()


async def test_first_reply_stands(tmp_path: Path) -> None:
    """Of two replies to one request the first stands, whoever asks and whenever."""
    replies = await open_replies(tmp_path)
    both = await asyncio.gather(*(replies.append(digest(1), "judge", "item", {"n": n}) for n in range(2)))
    later = await replies.append(digest(1), "judge", "item", {"n": 2})
    assert [*both, later, await replies.load(digest(1))] == [{"n": 0}] * 4
    await replies.aclose()
    replies = await open_replies(tmp_path)
    assert await replies.load(digest(1)) == {"n": 0}
    await replies.aclose()


async def test_only_last_segment_is_cut(tmp_path: Path) -> None:
    """The last segment's tail is cut; an earlier segment's tail is damage."""
    await fill(tmp_path, 20)
    first, last = segments(tmp_path)[0], segments(tmp_path)[-1]
    with last.open("ab") as file:
        file.write(b'{"n":')
    await (await open_replies(tmp_path)).aclose()
    with first.open("ab") as file:
        file.write(b'{"n":')
    with pytest.raises(LogDamage, match="earlier segment"):
        await open_replies(tmp_path)


async def test_missing_segment(tmp_path: Path) -> None:
    """A gap between segments is damage."""
    await fill(tmp_path, 20)
    segments(tmp_path)[1].unlink()
    with pytest.raises(LogDamage, match="missing"):
        await open_replies(tmp_path)


async def test_no_replies(tmp_path: Path) -> None:
    """A run that has asked nothing has no replies, and that is no fault."""
    await (await open_replies(tmp_path)).aclose()
    assert list(read_replies(tmp_path)) == []
