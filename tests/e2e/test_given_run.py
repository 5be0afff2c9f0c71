"""From an OpenAPI document to proven tasks, with the tools as they were given; and with examples of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthtools_stream.cli.exit_codes import USAGE
from synthtools_stream.records import Tool
from synthtools_stream.storage.given.tool_documents import read_apis
from tests.e2e.commands import row_sets, rows, synthtools

KITES = Path("tests/data/given/kites.yaml")


def test_given_tools_become_proven_tasks(tmp_path: Path) -> None:
    """Names and schemas stand in the tasks as in the document; any concurrency gives the same rows."""
    for name, concurrency in (("one", "1"), ("many", "64")):
        made = synthtools(
            "run", "--given-tools", KITES, "--out", tmp_path / name, "--sequences", "6", "--concurrency", concurrency
        )
        assert made.returncode == 0, made.stderr
    assert row_sets(tmp_path / "one") == row_sets(tmp_path / "many")
    tasks = rows(tmp_path / "one", "task_content.jsonl")
    assert len(tasks) >= 3
    given = {tool.tool.tool_name: tool.tool for tool in read_apis([KITES])[0].tools}
    for task in tasks:
        for offered in task["tools"] if isinstance(task["tools"], list) else ():
            tool = Tool.model_validate(offered)
            assert tool.parameters == given[tool.tool_name].parameters
    assert synthtools("verify", tmp_path / "one").returncode == 0


def test_examples_decide_rows(tmp_path: Path) -> None:
    """Seeds are content: they stand in run.json, and other ones are refused."""
    begin: list[str | Path] = [
        "run",
        "--field",
        "Bee Keeping",
        "--stop-after",
        "generation",
        "--out",
        tmp_path / "run",
        "--quiet",
    ]
    assert synthtools(*begin, "--seed-tools", KITES).returncode == 0
    content = json.loads((tmp_path / "run" / "run.json").read_text())["content"]
    assert content["seed_tools"][0]["tool_name"] == "listKites"
    refused = synthtools(*begin)
    assert (refused.returncode, "seed_tools" in refused.stderr) == (USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--given-tools", "absent.yaml"], "absent.yaml: there is no such file of tools"),
        (["--given-tools", str(KITES), "--tools", "x.jsonl"], "a run begins at one place"),
        (["--given-tools", str(KITES), "--field", "Horses"], "fields make no sense beside"),
        (["--seed-tools", "absent.json"], "absent.json: there is no such file of tools"),
        (["--oversample", "0"], "oversample: must be 1 or more"),
        (["--most-tools", "3"], "most_tools: must be 5 or more"),
    ],
)
def test_mistakes(arguments: list[str], told: str, tmp_path: Path) -> None:
    """A mistake is one line and exit code 2, before anything is made."""
    said = synthtools("run", "--out", tmp_path / "run", *arguments)
    assert (said.returncode, told in said.stderr, len(said.stderr.splitlines())) == (USAGE, True, 1)
    assert not (tmp_path / "run").exists()
