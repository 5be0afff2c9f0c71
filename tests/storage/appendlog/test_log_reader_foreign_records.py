"""Records that are intact by their checksums and yet none of ours: one clear line, and `repair` mends it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest
from click.testing import Result

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.log_format import LogFormat, header_line
from synthtools_stream.storage.appendlog.log_replacement import rewrite_log
from synthtools_stream.storage.appendlog.segments import FIRST
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import JOURNAL_FORMAT, JOURNAL_NAME, Journal, read_counts, read_outcomes
from synthtools_stream.storage.journal.reply_log import (
    REPLY_FORMAT,
    LoggedReply,
    ReplyLog,
    read_replies,
    reply_segments,
)
from synthtools_stream.storage.rundir.log_repair import QUARANTINE, repair
from synthtools_stream.values.jsontypes import JsonObject
from tests.faults.faultkit import FIELD, invoke, run

GOOD = Outcome("auditing", "a", OutcomeKind.DONE).encode()
REPLY: JsonObject = LoggedReply("0f", "judge", "a", {"text": "yes"}, {})._asdict()
OUTCOME: JsonObject = orjson.loads(GOOD)
FOREIGN = {
    "a number": b"1",
    "a list": b"[]",
    "no JSON": b"{oops",
    "an event": b'{"event":"start","at":3}',
    "another kind": GOOD.replace(b'"done"', b'"lost"'),
    "a key too many": orjson.dumps({**OUTCOME, "more": 1}),
    "a key too few": orjson.dumps({"item": "b", "outcome": "done"}),
    "a number for a name": orjson.dumps({**OUTCOME, "item": 3}),
    "outputs that are none": orjson.dumps({**OUTCOME, "item": "b", "outputs": [1]}),
    "no UTF-8": GOOD.replace(b'"a"', b'"\xff"'),
}


def write(path: Path, log_format: LogFormat, config: str, *payloads: bytes) -> None:
    """Write a log of payloads, whatever they are."""
    path.parent.mkdir(exist_ok=True)
    rewrite_log(path, header_line(log_format, config), payloads)


@pytest.mark.parametrize("payload", FOREIGN.values(), ids=FOREIGN)
def test_foreign_outcome_is_named(payload: bytes, tmp_path: Path) -> None:
    """A record that is no outcome is damage of its line, wherever the journal is read."""
    write(tmp_path / JOURNAL_NAME, JOURNAL_FORMAT, "config", GOOD, payload)
    with pytest.raises(LogDamage, match=r"journal.jsonl:3: this record is intact but no outcome"):
        list(read_outcomes(tmp_path))


@pytest.mark.parametrize("name", ["a number", "a list", "no JSON", "an event", "another kind", "a key too few"])
async def test_foreign_outcome_is_not_counted(name: str, tmp_path: Path) -> None:
    """A count and an open journal, which read no outputs, see what does not even begin as an outcome does."""
    write(tmp_path / JOURNAL_NAME, JOURNAL_FORMAT, "config", GOOD, FOREIGN[name])
    with pytest.raises(LogDamage, match="no outcome"):
        read_counts(tmp_path)
    with pytest.raises(LogDamage, match="no outcome"):
        await Journal.open(tmp_path, "config")


async def test_any_order_of_keys(tmp_path: Path) -> None:
    """A journal that other hands wrote with its keys in another order is read as well."""
    backwards = orjson.dumps(dict(reversed(OUTCOME.items())))
    write(tmp_path / JOURNAL_NAME, JOURNAL_FORMAT, "config", backwards)
    journal = await Journal.open(tmp_path, "config")
    assert journal.seen("auditing", "a") is OutcomeKind.DONE
    assert (await journal.load("auditing", "a")).encode() == GOOD
    await journal.aclose()


@pytest.mark.parametrize(
    "payload",
    [
        b"null",
        b'{"question":"why"}',
        orjson.dumps({**REPLY, "digest": "why"}),
        orjson.dumps({**REPLY, "reply": "yes"}),
        orjson.dumps({**REPLY, "item": 1}),
    ],
)
async def test_foreign_reply_is_named(payload: bytes, tmp_path: Path) -> None:
    """A record that is no reply is damage of its line."""
    write(reply_segments(tmp_path).path(FIRST), REPLY_FORMAT, "config", orjson.dumps(REPLY), payload)
    with pytest.raises(LogDamage, match=r"replies-000000.jsonl:3: this record is intact but no reply"):
        list(read_replies(tmp_path))
    with pytest.raises(LogDamage, match="no reply"):
        await ReplyLog.open(tmp_path, "config")


def test_every_command_says_one_line(tmp_path: Path) -> None:
    """`status`, `tail`, `run` and `compact` name file, record and what to do; `repair` mends it and the run goes on."""
    directory = tmp_path / "run"
    asyncio.run(run(directory, stop_after="auditing"))
    before = [outcome.encode() for outcome in read_outcomes(directory)]
    config = str(orjson.loads((directory / "run.json").read_bytes())["content_digest"])
    write(directory / JOURNAL_NAME, JOURNAL_FORMAT, config, *before, b'{"event":"hello"}')

    commands: list[list[str | Path]] = [
        ["status", directory],
        ["tail", directory],
        ["compact", directory],
        ["run", "--field", FIELD, "--sequences", "1", "--out", directory],
    ]
    for command in commands:
        said = invoke(*command)
        assert said.exit_code == 2
        assert_one_line(said, directory, len(before) + 2)
    [journal, _] = repair(directory)
    assert (journal.kept, journal.damaged_lines) == (len(before), [len(before) + 2])
    assert b"no outcome" in (directory / QUARANTINE).read_bytes()
    assert all(report.whole for report in repair(directory))
    assert asyncio.run(run(directory)).failed == 0


def assert_one_line(said: Result, directory: Path, line: int) -> None:
    """Assert that a command ended with one line that helps."""
    assert isinstance(said.exception, SystemExit)
    [told] = [one for one in said.stderr.splitlines() if "no outcome" in one]
    assert f"{directory / JOURNAL_NAME}:{line}: " in told
    assert f"synthtools-stream repair {directory}" in told
    assert "Traceback" not in said.output
