"""Roles with a server of their own: asked there and nowhere else, and the rows are those that the models decide."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import orjson
import pytest

from synthtools_stream.roles import ROLE_GROUPS
from synthtools_stream.storage.journal.reply_log import read_replies
from tests.e2e.commands import lineage_sets, model_server, synthtools

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
PROBES = 6
"""Requests with which a server is probed, at most."""
FIELDS = ("--field", "Pharmacy", "--sequences", "2", "--rollouts", "1")


def answered(url: str) -> float:
    """Return how many requests a server has answered."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("vllm:request_success_total"))


@pytest.mark.parametrize("main", ["embedded", "http"])
def test_judges_are_asked_elsewhere(tmp_path: Path, main: str) -> None:
    """The judges' server answers all their requests and no others, and the same model there gives the same rows."""
    alone = tmp_path / "alone"
    assert synthtools("run", *FIELDS, "--out", alone).returncode == 0
    with model_server() as common, model_server() as judging:
        config = tmp_path / "roles.toml"
        address = f'server_url = ["{common}"]\n' if main == "http" else ""
        config.write_text(f'{address}[roles.judge]\nserver_url = "{judging}"\n')
        before = answered(judging)
        done = synthtools("run", config, *FIELDS, "--out", tmp_path / "split")
        assert done.returncode == 0, done.stderr
        replies = [reply.role for reply in read_replies(tmp_path / "split")]
        judged = sum(role in ROLE_GROUPS["judge"] for role in replies)
        assert judged > 0
        assert judged <= answered(judging) - before <= judged + PROBES
        if main == "http":
            assert answered(common) >= len(replies) - judged
    assert lineage_sets(tmp_path / "split") == lineage_sets(alone)


def test_replay_of_split_roles(tmp_path: Path) -> None:
    """A run of several models replays from its replies; the models' names come from its record."""
    with model_server() as judging:
        config = tmp_path / "roles.toml"
        config.write_text(f'[roles.judge]\nserver_url = "{judging}"\n')
        assert synthtools("run", config, *FIELDS, "--out", tmp_path / "split").returncode == 0
    frozen = orjson.loads((tmp_path / "split" / "run.json").read_bytes())["content"]["roles"]
    assert frozen["judge"]["model"].startswith("embedded-procedural/")
    config.write_text(f'backend = "recorded"\nrecording = "{tmp_path / "split"}"\n[roles.judge]\ntemperature = 0.0\n')
    done = synthtools("run", config, *FIELDS, "--out", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert lineage_sets(tmp_path / "again") == lineage_sets(tmp_path / "split")


def test_rollout_asks_the_simulator_elsewhere(tmp_path: Path) -> None:
    """A rollout, too, asks a role's own server for that role and no other, and its rows are the same."""
    dataset = SAMPLES / "task_content.jsonl"
    rollout = ("rollout", "--dataset", dataset, "--quiet")
    assert synthtools(*rollout, "--out", tmp_path / "alone").returncode == 0
    with model_server() as playing:
        config = tmp_path / "roles.toml"
        config.write_text(f'[roles.simulator]\nserver_url = "{playing}"\n')
        before = answered(playing)
        done = synthtools(*rollout, "--config", config, "--out", tmp_path / "split")
        assert done.returncode == 0, done.stderr
        played = [reply.role for reply in read_replies(tmp_path / "split")].count("simulator")
        assert 0 < played <= answered(playing) - before <= played + PROBES
    assert lineage_sets(tmp_path / "split") == lineage_sets(tmp_path / "alone")
