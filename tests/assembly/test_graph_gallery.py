"""The tool graphs of a run, drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from synthtools_stream.assembly.brought import unheard
from synthtools_stream.assembly.graph_gallery import graph_gallery
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.config import RunConfig
from synthtools_stream.export.corpus import open_corpus
from synthtools_stream.toolgraph.coverage import Coverage

FIELD = "Maritime Shipping"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of two environments, one with more tasks than the other."""
    out = tmp_path_factory.mktemp("run")
    config = RunConfig.build({"fields": [FIELD], "scenarios": 2, "sequences": 2, "rollouts": 0})
    asyncio.run(run_pipeline(config, from_fields([FIELD]), out, show=unheard, notice=unheard))
    return out


@pytest.fixture(scope="module")
def counted(run: Path) -> Coverage:
    """Return what the tasks of the run call."""
    return Coverage.of(group.task for group in open_corpus([run]).groups() if group.task is not None)


def test_every_environment_with_tasks(run: Path, counted: Coverage) -> None:
    """Each is drawn, the one with most calls first, and the edges that tasks went along are heavier."""
    gallery = graph_gallery(run, counted)
    assert (len(gallery.pictures), gallery.of, gallery.why_not) == (2, 2, "")
    names = {environment for environment, _ in counted.tools}
    assert {picture.title for picture in gallery.pictures} == names
    first, second = (sum(n for (name, _), n in counted.tools.items() if name == one.title) for one in gallery.pictures)
    assert first >= second
    assert all('class="edge feeds used"' in picture.svg for picture in gallery.pictures)


def test_only_as_many_as_anybody_looks_through(run: Path, counted: Coverage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is counted."""
    monkeypatch.setattr("synthtools_stream.assembly.graph_gallery._MOST", 1)
    gallery = graph_gallery(run, counted)
    assert (len(gallery.pictures), gallery.of) == (1, 2)


def test_what_has_no_graphs(run: Path, counted: Coverage, tmp_path: Path) -> None:
    """A file of rows says nothing of it; a run without its tools says why."""
    assert graph_gallery(run / "task_content.jsonl", counted) == ((), 0, "")
    assert graph_gallery(tmp_path, counted) == ((), 0, "")
    (tmp_path / "run.json").write_bytes((run / "run.json").read_bytes())
    assert graph_gallery(tmp_path, Coverage()) == ((), 0, "")
    assert "tools.jsonl" in graph_gallery(tmp_path, counted).why_not
