"""An environment of NeMo Gym's; `bin/exports` lets Gym itself read it."""

from __future__ import annotations

from pathlib import Path

import orjson

from synthtools_stream.envserving.nemo_gym_row import gym_row
from synthtools_stream.export.export_format import Choices
from tests.export.exported import corpus, export, rows, task

TASKS = [task(f"freight_spec_00{number}_seq02") for number in range(7)]


def exported(tmp_path: Path, split: str = "train=1") -> Path:
    """Write the environment of seven worlds with a task each."""
    export(corpus(tmp_path / "run", TASKS, []), "nemo-gym", tmp_path / "out", choices=Choices(name="bees"), split=split)
    return tmp_path / "out"


def test_rows_are_what_the_server_knows(tmp_path: Path) -> None:
    """Each is the row that the server gives, and five are there to be looked at."""
    data = exported(tmp_path) / "environments" / "bees" / "data"
    assert rows(data / "train.jsonl") == [gym_row(one) for one in TASKS]
    assert rows(data / "example.jsonl") == rows(data / "train.jsonl")[:5]


def test_rows_tell_nothing_of_the_answer(tmp_path: Path) -> None:
    """Beside what an agent is given, they hold the task's id and its key."""
    row = rows(exported(tmp_path) / "environments" / "bees" / "data" / "train.jsonl")[0]
    assert isinstance(row, dict)
    assert row.keys() == {"responses_create_params", "task_id", "task_key"}
    assert b"VS-81" not in orjson.dumps(row)  # what the search gives, and the call after it takes


def test_configuration(tmp_path: Path) -> None:
    """The first part is what is trained on; names and files are those of the package."""
    out = exported(tmp_path, "mine=0.6,test=0.4")
    config = (out / "environments" / "bees" / "config.yaml").read_text()
    manifest = (out / "environments" / "bees" / "manifest.yaml").read_text()
    for text in (config, manifest):
        assert "@" not in text
        assert "- name: mine\n" in text
        for part, kind in (("mine", "train"), ("test", "validation"), ("example", "example")):
            path = f"environments/bees/data/{part}.jsonl"
            assert f"type: {kind}" in text.split(f"- name: {part}\n")[1].split("jsonl_fpath")[0]
            assert f"jsonl_fpath: {path}" in text
            assert (out / path).exists()
    assert config.count("license: TBD") == 2
    assert "name: bees\n" in manifest
    served = (out / "resources_servers" / "bees" / "tasks.jsonl").read_bytes()
    assert served.count(b"\n") == len(TASKS)
    compile((out / "resources_servers" / "bees" / "app.py").read_text(), "app.py", "exec")
