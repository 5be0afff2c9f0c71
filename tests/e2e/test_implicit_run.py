"""Runs that are asked for implicit values: more of them with a greater share, all proven, and told by `stats`."""

from __future__ import annotations

from pathlib import Path

import orjson
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.values.jsontypes import JsonObject, object_at


def test_share_goes_up_with_the_key(tmp_path: Path) -> None:
    """At 0 hardly a value is implicit; at 0.5 clearly more are, in several ways, and each row proves."""
    runner, found = CliRunner(), list[JsonObject]()
    for share in (0.0, 0.5):
        config, out = tmp_path / f"{share}.toml", tmp_path / f"run{share}"
        config.write_text(f"[implicit]\nshare = {share}\n")
        asked = ["--field", "Horses", "--field", "Maritime Shipping", "--sequences", "3", "--rollouts", "0", "--quiet"]
        made = runner.invoke(main, ["run", str(config), *asked, "--out", str(out)])
        assert made.exit_code == 0, made.output
        assert runner.invoke(main, ["verify", str(out)]).exit_code == 0
        told = runner.invoke(main, ["stats", "--json", str(out)])
        found.append(object_at(orjson.loads(told.stdout), "sections"))
    shares = [_share(sections, "implicit") for sections in found]
    assert shares[0] < 0.05
    assert shares[1] > shares[0] + 0.05
    kinds = ["relative date", "unit", "worked out", "carried over"]
    assert sum(_share(found[1], f"implicit: {kind}") > 0 for kind in kinds) >= 2
    assert "targets" not in found[0]
    gap = object_at(object_at(found[1], "targets"), "arguments, implicit: share above what was asked for")
    assert abs(float(str(gap["value"])) - (shares[1] - 0.5)) < 0.001


def _share(sections: JsonObject, name: str) -> float:
    return float(str(object_at(object_at(sections, "arguments"), name)["share"]))
