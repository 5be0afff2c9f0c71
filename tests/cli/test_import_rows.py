"""`import`: rows to a file or to stdout, what is left out to stderr, an exit code; other commands take the rows."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, NOTHING, USAGE
from tests.intake.intakekit import WEATHER, as_text, call, lines


def told(*arguments: str | Path) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def chats(folder: Path, *cities: str) -> Path:
    """Write a conversation for each city; of no city it has no call."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"How is the weather in {city}?"},
                {"role": "assistant", "tool_calls": [call("get_weather", {"city": city})] if city else None},
                *([{"role": "tool", "tool_call_id": "call_1", "content": '{"sky": "rain"}'}] if city else []),
            ],
            "tools": [WEATHER],
        }
        for city in cities
    ]
    return lines(folder / "chats.jsonl", rows)


def test_rows_go_to_a_file(tmp_path: Path) -> None:
    """And the sum to stdout; other commands read what was written."""
    out = tmp_path / "tasks.jsonl"
    path = chats(tmp_path, "Oslo", "", "Bergen")
    done = told("import", path, "--from", "openai", "--out", out)
    assert done.exit_code == DONE
    assert done.stdout.splitlines() == [
        f"3 rows: 2 imported (2 with an id of their line), 1 not; written to {out}",
        "        1  there is no tool call in it",
    ]
    assert done.stderr == f"{path}:2: there is no tool call in it\n"
    assert told("verify", out).stdout == "2 rows: 0 proven, 2 unproven, 0 failed\n"
    certified = told("certify", out).stdout
    assert "chats-1: no certificate (calls hold): integrity: there is no state" in certified
    tried = told("rollout", "--dataset", out, "--backend", "embedded", "--rollouts", "1", "--out", tmp_path / "run")
    assert tried.exit_code == DONE
    assert len((tmp_path / "run" / "trajectories.jsonl").read_bytes().splitlines()) == 2


def test_rows_go_to_stdout(tmp_path: Path) -> None:
    """Then everything else goes to stderr."""
    done = told("import", chats(tmp_path, "Oslo"), "--from", "openai")
    row = orjson.loads(done.stdout)
    assert (row["id"], row["initial_state"], row["meta"], done.exit_code) == ("chats-1", "null", "null", DONE)
    assert done.stderr == "1 row: 1 imported (1 with an id of their line), 0 not\n"


def test_nothing_was_imported(tmp_path: Path) -> None:
    """Exit code 1, and no file."""
    out = tmp_path / "tasks.jsonl"
    done = told("import", chats(tmp_path, "", ""), "--from", "openai", "--out", out)
    assert (done.exit_code, out.exists()) == (NOTHING, False)
    assert done.stdout.startswith("2 rows: 0 imported, 2 not\n        2  there is no tool call in it")


def test_tools_of_a_file(tmp_path: Path) -> None:
    """τ²'s tools are code: somebody has to write them down."""
    action = {"action_id": "0", "name": "get_weather", "arguments": {"city": "Oslo"}}
    task = {"id": "0", "user_scenario": {"instructions": "Oslo?"}, "evaluation_criteria": {"actions": [action]}}
    path, tools = tmp_path / "tasks.json", tmp_path / "tools.json"
    path.write_text(as_text([task]), encoding="utf-8")
    tools.write_text(as_text([WEATHER]), encoding="utf-8")
    assert told("import", path, "--from", "tau2").exit_code == NOTHING
    assert told("import", path, "--from", "tau2", "--tools", tools).exit_code == DONE


def test_what_the_file_says_moves_no_cursor(tmp_path: Path) -> None:
    """Reasons tell names of the file's."""
    row = {"messages": [{"role": "\x1b[2Jnarrator\n", "content": "x"}], "tools": [WEATHER]}
    done = told("import", lines(tmp_path / "rows.jsonl", [row]), "--from", "openai", "--out", tmp_path / "out.jsonl")
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.jsonl", "--from", "openai"), "nowhere.jsonl: there is no such file"),
        (("{path}", "--from", "opnai"), "there is no format 'opnai'; did you mean 'openai'?"),
        (("{path}", "--from", "xlam"), "this is no row of xlam, but one of openai: use --from openai"),
        (("{path}",), "Missing option '--from'"),
        (("{path}", "--from", "openai", "--out", "{path}"), "this is the file that is read; name another"),
        (("{path}", "--from", "openai", "--out", "nowhere/out.jsonl"), "nowhere/out.jsonl: there is no such directory"),
        (("{path}", "--from", "openai", "--out", "out.csv"), "out.csv: rows are written as JSON Lines"),
        (("{path}", "--from", "openai", "--answers", "{path}"), "--answers is for --from bfcl"),
        (("{path}", "--from", "openai", "--tools", "nowhere.json"), "nowhere.json: there is no such file"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, and nothing was begun."""
    path = chats(tmp_path, "Oslo")
    done = told("import", *(argument.format(path=path) for argument in arguments))
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["chats.jsonl"]


def test_strict_leaves_nothing(tmp_path: Path) -> None:
    """The first row that tells no task ends it, with its line."""
    out = tmp_path / "tasks.jsonl"
    done = told("import", chats(tmp_path, "Oslo", ""), "--from", "openai", "--out", out, "--strict")
    assert (done.exit_code, out.exists()) == (USAGE, False)
    assert "chats.jsonl:2: there is no tool call in it" in done.stderr
