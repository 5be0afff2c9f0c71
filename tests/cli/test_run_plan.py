"""`run --dry-run` and `run --sample`: what is said before a run, and that nothing stays of it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.commands import model_server
from tests.faults.faultkit import FIELD, invoke


def test_dry_run_makes_nothing(tmp_path: Path) -> None:
    """What would be made, an estimate, the model; no directory, and nothing twice."""
    out = tmp_path / "run"
    found = invoke("run", "--dry-run", "--out", out, "--field", FIELD, "--scenarios", "3", "--sequences", "2")
    assert found.exit_code == 0, found.output
    assert "at most: 1 field → 3 environments → 6 sequences → 6 tasks → 6 attempts" in found.output
    assert "expected, by the usual figures of the embedded model" in found.output
    assert "calls" in found.output
    assert "tokens in" in found.output
    assert "model embedded-procedural/1 (embedded)" in found.output
    assert not out.exists()


def test_dry_run_minds_budgets(tmp_path: Path) -> None:
    """Money is told at the configured prices, and what does not fit is said."""
    config = tmp_path / "run.toml"
    config.write_text('fields = ["Maritime Shipping"]\ntoken_budget = 1000\n[prices]\nprompt = 100\ncurrency = "EUR"\n')
    found = invoke("run", config, "--dry-run", "--out", tmp_path / "run", "--max-tasks", "50")
    assert found.exit_code == 0, found.output
    assert " EUR\n" in found.output
    assert "mind: the token budget is 0% of what is expected" in found.output
    assert "mind: 50 tasks are asked for, and some 4 are expected" in found.output


def test_dry_run_says_what_the_server_is(tmp_path: Path) -> None:
    """The probe's line; and a directory of another run is refused as the run would."""
    with model_server() as url:
        found = invoke("run", "--dry-run", "--out", tmp_path / "run", "--field", FIELD, "--server-url", url)
    assert found.exit_code == 0, found.output
    assert f"{url}: embedded-procedural/1" in found.output
    assert "schemas enforced" in found.output
    assert "mind: no prices are set" in found.output
    assert not (tmp_path / "run").exists()


def test_sample_shows_an_environment_and_estimates(tmp_path: Path) -> None:
    """One environment with its tools and a task, then the whole by its figures; a dry run by the same directory."""
    fields = ("--field", FIELD, "--field", "Library Science", "--sequences", "2")
    found = invoke("run", "--sample", "1", "--out", tmp_path / "sample", "--quiet", *fields)
    assert found.exit_code == 0, found.output
    for shown in ("ENVIRONMENT Maritime Shipping ›", "TOOL ", "TASK maritime_shipping_spec_000", "  1. ", "  proven: "):
        assert shown in found.output
    assert "at most: 2 fields → 2 environments → 4 sequences → 4 tasks → 4 attempts" in found.output
    assert "expected, by a sample of 1:" in found.output
    ahead = invoke("run", "--dry-run", "--like", tmp_path / "sample", "--out", tmp_path / "run", *fields)
    assert f"expected, by {tmp_path / 'sample'}:" in ahead.output
    assert not (tmp_path / "run").exists()


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    """Both at once, and a directory without a run."""
    both = invoke("run", "--dry-run", "--sample", "1")
    assert (both.exit_code, "give one of them" in both.output) == (2, True)
    nowhere = invoke("run", "--dry-run", "--like", tmp_path, "--out", tmp_path / "run", "--field", FIELD)
    assert (nowhere.exit_code, "there is no run here" in nowhere.output) == (2, True)


def test_finished_run_has_nothing_left(tmp_path: Path) -> None:
    """The figures of the same run are taken, and what is made already is said."""
    options = ("--out", tmp_path / "run", "--field", FIELD, "--sequences", "1", "--stop-after", "auditing")
    assert invoke("run", "--quiet", *options).exit_code == 0
    before = sorted((path.name, path.stat().st_mtime_ns) for path in (tmp_path / "run").iterdir())
    ahead = invoke("run", "--dry-run", *options)
    assert ahead.exit_code == 0, ahead.output
    assert "calls are made already: some 0% of them are left" in ahead.output
    assert "it stops after auditing" in ahead.output
    assert sorted((path.name, path.stat().st_mtime_ns) for path in (tmp_path / "run").iterdir()) == before
    other = invoke("run", "--dry-run", *options, "--seed", "7")
    assert (other.exit_code, "was made with another configuration" in other.output) == (2, True)
