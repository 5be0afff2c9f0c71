"""The contracts between folders catch what breaks them; `bin/check` runs them on the checkout itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.house import TOPS

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

PLANTED = {
    "Imports go down the layers": ("synthtools_stream/values/slugs.py", "synthtools_stream.records"),
    "Queues import nothing of ours": ("queues/channel.py", "synthtools_stream.values.slugs"),
    "Stages know nothing of what drives them": ("stages/rollout/agents.py", "synthtools_stream.engine.routes"),
    "Only the assembly, and planted defects, know the stages": (
        "synthtools_stream/engine/routes.py",
        "stages.rollout.agents",
    ),
    "A proof asks no model": ("synthtools_stream/proof/verdict.py", "synthtools_stream.simulator.tool_runtime"),
    "Only the assembly knows the backends": ("synthtools_stream/engine/routes.py", "synthtools_stream.embedded"),
    "Heavy imports stay in their adapters": ("synthtools_stream/proof/verdict.py", "pyarrow"),
}
"""A file and an import that it must not have, by the contract that says so."""


def test_every_contract_catches_its_violation(tmp_path: Path) -> None:
    """Of a copy of the source with one forbidden import planted for each contract, the linter breaks each one."""
    for top in TOPS:
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for where, what in PLANTED.values():
        path = tmp_path / where
        path.write_text(f"{path.read_text(encoding='utf-8')}\nimport {what}\n", encoding="utf-8")
    told = linted(tmp_path)
    assert [name for name in PLANTED if f"{name} BROKEN" not in told] == [], told


def test_every_contract_is_tried() -> None:
    """No contract stands in `pyproject.toml` that nobody has seen fail."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    contracts = [line for line in lines if line.startswith('name = "') and "synthtools-stream" not in line]
    assert sorted(contracts) == sorted(f'name = "{name}"' for name in PLANTED)


def linted(root: Path) -> str:
    """Run the linter over the source below `root`; returns what it says."""
    if not LINTER.exists():
        pytest.skip("import-linter is not installed here: bin/setup dev")
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [str(LINTER), "--no-cache"]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=100)
    return ran.stdout + ran.stderr
