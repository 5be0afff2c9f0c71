"""A data set's folder: rows as they are, tables beside them, a card that the Hub reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import open_corpus
from synthtools_stream.export.export_folder import ExportFolder
from synthtools_stream.export.export_format import Choices, Publication
from synthtools_stream.export.export_run import ExportRun
from synthtools_stream.export.formats import format_named
from synthtools_stream.export.selection import Selection
from synthtools_stream.export.split import Split
from synthtools_stream.records import Fault, VerdictKind
from synthtools_stream.values.wilson import wilson_bounds
from tests.export.exported import attempt, corpus, export, task, unheard

pytest.importorskip("pyarrow")
OTHER = "bees_spec_000_seq00"


def published(run: Path, out: Path, publication: Publication) -> str:
    """Return the card of a folder."""
    made = ExportRun(
        open_corpus([run]), format_named("hf"), Selection(), Split.of("train=1", 0), Choices(), publication
    )
    made.write(ExportFolder.open(out, made.asked()), unheard)
    return (out / "README.md").read_text()


def test_rows_are_as_they_were(tmp_path: Path) -> None:
    """Byte by byte in the lines, value by value in the tables."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    run = corpus(tmp_path / "run", [task(), task(OTHER, "Bees")])
    export(run, "hf", tmp_path / "out", split="train=0.5,test=0.5")
    for config, file in (("tasks", "task_content.jsonl"), ("trajectories", "trajectories.jsonl")):
        parts = sorted((tmp_path / "out" / config).glob("*.jsonl"))
        assert [part.stem for part in parts] == ["test", "train"]
        lines = {line for part in parts for line in part.read_bytes().splitlines()}
        assert lines == set((run / file).read_bytes().splitlines())
        for part in parts:
            read = parquet.read_table(part.with_suffix(".parquet")).to_pylist()
            assert read == [orjson.loads(line) for line in part.read_bytes().splitlines()]


def test_card(tmp_path: Path) -> None:
    """Configurations with a file a part, and figures of what is in them."""
    first, second = task(), task(OTHER, "Bees")
    tried = [attempt(0, first), attempt(1, first, VerdictKind.unsolved, Fault.agent), attempt(0, second)]
    spoiled = attempt(1, second, VerdictKind.unsolved, Fault.server)
    export(corpus(tmp_path / "run", [first, second], [*tried, spoiled]), "hf", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    front = card.split("---\n")[1]
    assert (
        "- config_name: tasks\n  default: true\n  data_files:\n  - split: train\n    path: tasks/train.parquet" in front
    )
    assert "license: unknown" in front
    assert "environments" not in front
    assert "Not looked at" in card
    figures = orjson.loads(card.split("```json\n")[1].split("```")[0])
    assert figures["tasks"] == {
        "count": 2,
        "proven": 1.0,
        "coded": 1.0,
        "variants": {"base": 2},
        "length": {"least": 5, "median": 5.0, "most": 5},
    }
    assert figures["attempts"]["counted"] == 3
    assert figures["attempts"]["solve_rate"] == 0.6667
    over_tasks = wilson_bounds(2 / 3 * 2, 2, 1.96)
    assert figures["attempts"]["solve_rate_95"] == pytest.approx(over_tasks, abs=1e-4), "as `stats` tells it"
    assert figures["attempts"]["tasks_by_attempts_that_solved_them"] == {"all": 1, "some": 1, "none": 0}


def test_licence_and_benchmarks(tmp_path: Path) -> None:
    """Both are told; the benchmark that holds a request is found out."""
    run = corpus(tmp_path / "run")
    (tmp_path / "b|1.json").write_bytes(orjson.dumps([{"query": task().summary}]))
    card = published(run, tmp_path / "out", Publication("cc-by-4.0", (tmp_path / "b|1.json",)))
    assert "license: cc-by-4.0" in card
    assert "| b_1.json | 1 | 1 | 1 (100.0%) | 1 (100.0%) | freight_spec_001_seq02 |" in card


def test_what_a_model_is_called_breaks_no_card(tmp_path: Path) -> None:
    """Names out of rows stand as JSON in a fence that they cannot close."""
    odd = attempt(0).model_copy(update={"meta": {"model": "```\n# Hello"}})
    export(corpus(tmp_path / "run", [task()], [odd]), "hf", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "\n# Hello" not in card
    assert r'"\u0060\u0060\u0060\n# Hello"' in card


def test_publication_is_for_what_is_published(tmp_path: Path) -> None:
    """Other cards tell no licence; a licence is a short name."""
    run = open_corpus([corpus(tmp_path / "run")])
    with pytest.raises(UsageError, match="--format hf does"):
        ExportRun(run, format_named("openai"), Selection(), Split.of("a=1", 0), Choices(), Publication("mit"))
    with pytest.raises(UsageError, match="short name"):
        Publication("mit\nlanguage: x")
