"""A run that makes variants: proven rows of their own, tried and told apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.records.twist import VariantKind


def test_variants_from_config_to_rates(tmp_path: Path) -> None:
    """Each proves as executed; rates stand by variant; bases are the rows of the run without any."""
    config = tmp_path / "variants.toml"
    config.write_text("[variants]\n" + "".join(f"{kind} = 1.0\n" for kind in VariantKind))
    asked = ["--field", "Horses", "--sequences", "3", "--quiet"]
    runner = CliRunner()
    assert runner.invoke(main, ["run", str(config), *asked, "--out", str(tmp_path / "run")]).exit_code == 0
    assert runner.invoke(main, ["run", *asked, "--out", str(tmp_path / "plain")]).exit_code == 0
    verified = runner.invoke(main, ["verify", "--json", str(tmp_path / "run")])
    assert verified.exit_code == 0, verified.output
    kinds = Counter(orjson.loads(row["meta"])["variant"] for row in rows(tmp_path / "run"))
    assert kinds["base"] >= 2
    assert {"renamed_tools", "transient_error"} <= kinds.keys()
    told = orjson.loads(runner.invoke(main, ["status", "--json", str(tmp_path / "run")]).stdout)
    assert {kind: figures["tasks"] for kind, figures in told["verdicts"]["by"]["variant"].items()} == kinds
    bases = [row["summary"] for row in rows(tmp_path / "run") if orjson.loads(row["meta"])["variant"] == "base"]
    assert bases == [row["summary"] for row in rows(tmp_path / "plain")]


def rows(run: Path) -> list[dict[str, str]]:
    """Return the tasks of a run, in the order of their ids."""
    lines = (run / "task_content.jsonl").read_bytes().splitlines()
    return sorted(map(orjson.loads, lines), key=lambda row: str(row["id"]))
