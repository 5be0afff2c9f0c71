"""The run directory: whose it is, and whether the run in it is over."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.config import RunConfig
from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.rundir.run_directory import RUN_FILE, RunDirectory, read_run
from synthtools_stream.values.jsontypes import JsonObject


def config(**options: int | str) -> RunConfig:
    """Return a configuration."""
    return RunConfig.build({**options})


def test_claim_makes_and_reopens(tmp_path: Path) -> None:
    """A first claim writes `run.json`; a second with the same content finds the same run."""
    made = RunDirectory.claim(tmp_path, config(seed=3), "prompts")
    assert made.digest == config(seed=3).content.digest()
    record = read_run(tmp_path)
    again = RunDirectory.claim(tmp_path, config(seed=3, concurrency=9), "prompts")
    assert again.digest == made.digest
    assert read_run(tmp_path) == record
    assert [path.name for path in tmp_path.iterdir()] == [RUN_FILE]


def test_other_content_refused(tmp_path: Path) -> None:
    """Another configuration is refused with the difference shown, and nothing is changed."""
    RunDirectory.claim(tmp_path, config(seed=3), "prompts")
    before = (tmp_path / RUN_FILE).read_bytes()
    with pytest.raises(RunDirectoryError) as caught:
        RunDirectory.claim(tmp_path, config(seed=4, subfields=2), "prompts")
    assert "seed: 3 -> 4; subfields: 1 -> 2" in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (tmp_path / RUN_FILE).read_bytes() == before


def test_many_differences_are_counted(tmp_path: Path) -> None:
    """A configuration of another kind is refused in a line that can be read to its end."""
    RunDirectory.claim(tmp_path, config(), "prompts")
    other = config(seed=4, subfields=2, scenarios=2, sequences=2, rollouts=2, mode="native", judge=False, max_turns=5)
    with pytest.raises(RunDirectoryError, match=r"and 2 more\); use the same options"):
        RunDirectory.claim(tmp_path, other, "prompts")


def test_other_prompts_refused(tmp_path: Path) -> None:
    """Prompts decide rows as well: other ones are another configuration."""
    RunDirectory.claim(tmp_path, config(), "prompts")
    with pytest.raises(RunDirectoryError, match="prompts: 'prompts' -> 'others'"):
        RunDirectory.claim(tmp_path, config(), "others")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": "synthtools-stream/run", "version": 2}',
        '{"format": "synthtools-stream/run", "version": 1}',
        '{"format": "synthtools-stream/run", "version": 1, "content": [], "content_digest": ""}',
    ],
)
def test_other_format_refused(tmp_path: Path, text: str) -> None:
    """A `run.json` of another format or version, or a broken one, is refused in one line."""
    (tmp_path / RUN_FILE).write_text(text)
    with pytest.raises(RunDirectoryError, match="name another directory") as caught:
        RunDirectory.claim(tmp_path, config(), "prompts")
    assert "\n" not in str(caught.value)
    assert (tmp_path / RUN_FILE).read_text() == text


def test_journal_without_run_refused(tmp_path: Path) -> None:
    """Logs without a `run.json` are nobody's to go on with."""
    (tmp_path / "journal.jsonl").write_text("")
    with pytest.raises(RunDirectoryError, match="a journal but no"):
        read_run(tmp_path)


def test_no_directory(tmp_path: Path) -> None:
    """A file in the directory's place is refused by name."""
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(RunDirectoryError, match="file"):
        RunDirectory.claim(path, config(), "prompts")


def test_unwritable_refused(tmp_path: Path) -> None:
    """A directory that cannot be written is refused by name."""
    made = RunDirectory.claim(tmp_path, config(), "prompts")
    (tmp_path / RUN_FILE).unlink()
    (tmp_path / RUN_FILE / "in the way").mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot be written"):
        made.note_server([])


def test_finished_under_limits(tmp_path: Path) -> None:
    """A run is finished under the limits it finished with; raising one opens it again."""
    limited = config(max_tasks=5)
    made = RunDirectory.claim(tmp_path, limited, "prompts")
    assert not made.is_finished(limited)
    made.finish(limited)
    again = RunDirectory.claim(tmp_path, limited, "prompts")
    assert again.is_finished(config(max_tasks=5, concurrency=2))
    assert not again.is_finished(config(max_tasks=6))
    assert not again.is_finished(config())
    assert not again.is_finished(config(max_tasks=5, stop_after="auditing"))


def test_server_facts_noted(tmp_path: Path) -> None:
    """What the server was found to be is kept, the latest only, and decides nothing."""
    made = RunDirectory.claim(tmp_path, config(), "prompts")
    facts: list[JsonObject] = [{"url": "http://a"}]
    made.note_server([{"url": "http://old"}])
    made.note_server(facts)
    record = orjson.loads((tmp_path / RUN_FILE).read_bytes())
    assert record["server"] == facts
    assert RunDirectory.claim(tmp_path, config(), "prompts").digest == made.digest
