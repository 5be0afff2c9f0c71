"""Where a run begins: the items of each start, and which file they came from."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.run_inputs import file_digest, from_environments, from_fields, from_tasks, from_tools
from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.records import (
    Attribute,
    AuditedTool,
    Blueprint,
    Difficulty,
    Effects,
    EntityType,
    Environment,
    Setting,
    Signature,
    Task,
    Tool,
)

TYPES = [EntityType(name="boat", collection="boats", id_prefix="B-", attributes=[Attribute(name="n", type="string")])]


def environment(name: str) -> Environment:
    """Return an environment with one signature."""
    signature = Signature(tool_name="Sail", purpose="Sail.", effects=Effects(writes=["boats"]))
    blueprint = Blueprint(difficulty=Difficulty.easy, entity_types=TYPES, tools=[signature])
    return Environment(id=name, field="F", subfield="S", scenario="C", blueprint=blueprint)


def audited(name: str, env: str) -> AuditedTool:
    """Return an audited tool of an environment."""
    setting = Setting(id=env, field="F", subfield="S", scenario="C", entity_types=TYPES)
    return AuditedTool(
        id=f"{env}.{name}",
        setting=setting,
        tool_name=name,
        tool=Tool(tool_name=name, tool_description=name),
        reliability=1.0,
    )


def written(path: Path, *rows: Environment | AuditedTool) -> Path:
    """Write rows."""
    path.write_bytes(b"".join(orjson.dumps(row.to_json()) + b"\n" for row in rows))
    return path


def test_fields_in_order() -> None:
    """Fields come in the given order, under their slugs."""
    start = from_fields(["R&D", "Freight and Logistics"])
    assert [(plan.id, plan.field) for plan in start.fields] == [
        ("r_d", "R&D"),
        ("freight_and_logistics", "Freight and Logistics"),
    ]
    assert (start.kind, start.count) == ("fields", 2)


def test_environments_from_file(tmp_path: Path) -> None:
    """Environments are read back as they were written."""
    rows = [environment("a_spec_000"), environment("b_spec_001")]
    start = from_environments(written(tmp_path / "e.jsonl", *rows))
    assert (list(start.environments), start.count) == (rows, 2)


def test_tools_grouped_by_environment(tmp_path: Path) -> None:
    """Tools are gathered by environment, whatever their order in the file, and keep theirs within it."""
    rows = [audited("Z", "b"), audited("B", "a"), audited("Y", "b"), audited("A", "a")]
    start = from_tools(written(tmp_path / "t.jsonl", *rows))
    assert [(pool.id, [tool.tool_name for tool in pool.tools]) for pool in start.pools] == [
        ("a", ["B", "A"]),
        ("b", ["Z", "Y"]),
    ]
    assert start.count == 2


def test_bad_row_is_told(tmp_path: Path) -> None:
    """A start's rows must all be whole: a bad one is told with its line."""
    path = written(tmp_path / "e.jsonl", environment("a"))
    path.write_bytes(path.read_bytes() + b'{"id": "b"}\n')
    with pytest.raises(DatasetError, match=r"e\.jsonl:2: "):
        from_environments(path)
    with pytest.raises(UsageError):
        from_tools(tmp_path / "none.jsonl")


def test_tasks_are_read_lazily() -> None:
    """Tasks are taken as they come and not read ahead; with resummarizing they are drafts."""

    read: list[str] = []

    def lazily() -> Iterator[Task]:
        read.append("something")
        yield from ()

    assert from_tasks(lazily(), 1).kind == "tasks"
    assert read == []
    assert from_tasks([], 0, resummarize=True).kind == "drafts"


def test_digest_follows_content(tmp_path: Path) -> None:
    """The digest of a file follows its content and not its name; one other byte in any of its blocks is another."""
    long = bytes(3 << 20)
    for name, text in (("a", b"1"), ("b", b"1"), ("c", b"2"), ("d", long), ("e", long[:-9] + b"x" + long[-8:])):
        (tmp_path / name).write_bytes(text)
    digests = [file_digest(tmp_path / name, tmp_path / "run") for name in "abcde"]
    assert digests[0] == digests[1]
    assert len({*digests}) == 4
    assert all(digest.startswith("crc32:") for digest in digests)


@pytest.mark.parametrize("dataset", ["", "crc32:00", "0a1b"])
def test_digest_in_the_form_of_the_run(dataset: str, tmp_path: Path) -> None:
    """A run that began with the digest of a file's bytes goes on with it."""
    (tmp_path / "a").write_bytes(b"1")
    record = {"format": "synthtools-stream/run", "version": 1, "content_digest": "", "content": {"dataset": dataset}}
    (tmp_path / "run.json").write_bytes(orjson.dumps(record))
    whole = blake2b(b"1", digest_size=16).hexdigest()
    assert (file_digest(tmp_path / "a", tmp_path) == whole) == (dataset == "0a1b")
