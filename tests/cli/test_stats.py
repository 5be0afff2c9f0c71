"""`stats`: figures of runs and files, side by side."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, USAGE
from synthtools_stream.export.corpus import Kind
from synthtools_stream.records import VerdictKind
from synthtools_stream.report.page.section_charts import PLANS
from tests.export.exported import attempt, corpus, task

TASKS = [task(f"{letter}_spec_000_seq01") for letter in "abcdefghijklmnopqrstuvwxyz"]


def told(*arguments: str | Path) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(main, ["stats", *map(str, arguments)])


def test_whole_run(tmp_path: Path) -> None:
    """A real run tells of yields, audits and cost as well."""
    run, config = tmp_path / "run", tmp_path / "prices.toml"
    config.write_text("sequences = 2\n[prices]\nprompt = 2.0\ncompletion = 8.0\ncurrency = 'EUR'\n")
    made = CliRunner().invoke(main, ["run", str(config), "--field", "Horses", "--quiet", "--out", str(run)])
    assert made.exit_code == DONE
    done = told("--json", run, "--against", run / Kind.tasks)
    assert done.exit_code == DONE, done.output
    sections = orjson.loads(done.stdout)["sections"]
    of_tasks = ["tasks", "complexity", "arguments", "coverage", "diversity", "contamination"]
    assert [*sections] == [*of_tasks, "tools", "attempts", "yields", "cost"]
    assert sections["contamination"]["task_content.jsonl: copied requests"]["share"] == 1.0
    money = {name: figure["value"] for name, figure in sections["cost"].items() if "EUR a proven task" in name}
    whole = money.pop("EUR a proven task")
    assert whole == pytest.approx(sum(money.values()), rel=0.01)
    assert money["evolver: EUR a proven task"] > 0
    assert sections["cost"]["evolver: calls a proven task"]["value"] > 1
    assert sections["yields"]["generation: done"]["share"] == 1.0
    assert sections["tools"]["coded"]["share"] > 0.5
    passed = sections["coverage"]["planned tools that passed"]
    assert passed["hits"] == sections["tools"]["tools"]["count"] <= passed["of"]
    shown = told(run)
    assert "evolver: calls a proven task" in shown.stdout
    assert "solved" in shown.stdout


def test_a_page_of_two_runs(tmp_path: Path) -> None:
    """Tables, every chart that there is, graphs, and what differs, in one file; a chart without figures has no plan."""
    run, config = tmp_path / "run", tmp_path / "run.toml"
    config.write_text("sequences = 2\nrollouts = 2\n[prices]\nprompt = 1.0\n[variants]\ndistractors = 1.0\n")
    made = CliRunner().invoke(main, ["run", str(config), "--field", "Horses", "--quiet", "--out", str(run)])
    assert made.exit_code == DONE
    with (run / "rejected.jsonl").open("ab") as file:
        file.write(b'{"id":"x","stage":"auditing","reason":"unreliable"}\n')
    page = tmp_path / "page.html"
    both = told("--json", run, "--against", run / Kind.tasks, "--html", page)
    assert page.read_text(encoding="utf-8").count("<bdi>task_content.jsonl: near requests</bdi>") == 1
    sections = orjson.loads(both.stdout)["sections"]
    for plan in PLANS:
        assert any(re.fullmatch(plan.pattern, name) for name in sections[plan.section]), plan.title
    done = told(run, run, "--html", page)
    assert (done.exit_code, done.stdout) == (DONE, f"{page}: written\n"), done.output
    text = page.read_text(encoding="utf-8")
    assert "Nothing differs" in text
    assert text.count('<svg xmlns="http://www.w3.org/2000/svg" class="tool-graph"') == 2
    assert "Calls a proven task" in text


def test_a_page_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, before anything is read."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    done = told(tmp_path, "--html", tmp_path / "page.html")
    assert done.exit_code == USAGE
    assert "pip install 'synthtools-stream[plots]'" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_two_corpora_side_by_side(tmp_path: Path) -> None:
    """What differs beyond chance is marked, and nothing else."""
    one = corpus(tmp_path / "one", TASKS, [attempt(0, of) for of in TASKS])
    other = corpus(tmp_path / "other", TASKS, [attempt(0, of, VerdictKind.unsolved) for of in TASKS])
    lines = told(one, other).stdout.splitlines()
    marked = [line.split("*")[0].strip() for line in lines if " *" in line]
    assert marked == ["solved", "solved, of 5 calls", "difficulty", "solved by all", "solved by none"]
    assert not any(line.startswith("calls a task *") for line in lines)
    three = told(one, other, one).stdout
    assert " *" not in three


def test_a_file_of_rows(tmp_path: Path) -> None:
    """It tells what its rows tell, and which could not be read."""
    run = corpus(tmp_path / "run")
    with (run / Kind.trajectories).open("ab") as file:
        file.write(b'{"id":"x#r0","task_id":"x"}\n')
    done = told(run / Kind.trajectories)
    assert done.exit_code == DONE
    assert "1 row could not be read" in done.stderr
    assert "solved" in done.stdout


def test_what_is_no_corpus(tmp_path: Path) -> None:
    """One line."""
    done = told(tmp_path)
    assert done.exit_code == USAGE
    assert "holds no rows" in done.stderr


def test_difference_to_targets(tmp_path: Path) -> None:
    """What a run was asked for, and how far its tasks are from it; status says the same."""
    config = tmp_path / "targets.toml"
    config.write_text("rollouts = 0\n[targets]\nlengths = { 3 = 1 }\n")
    run = tmp_path / "run"
    asked = ["run", str(config), "--field", "Horses", "--sequences", "3", "--quiet", "--out", str(run)]
    assert CliRunner().invoke(main, asked).exit_code == DONE
    gaps = orjson.loads(told("--json", run).stdout)["sections"]["targets"]
    status = orjson.loads(CliRunner().invoke(main, ["status", "--json", str(run)]).stdout)
    lengths = status["coverage"]["differences"]["lengths"]
    assert lengths["3"] == gaps["lengths, 3: share above what was asked for"]["value"]
