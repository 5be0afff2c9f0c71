"""A table fitted to any size: what goes, goes in the stated order, and the totals stay."""

from __future__ import annotations

import pytest
from rich.text import Text

from synthtools_stream.cli.fitted_table import Column, FittedTable

NAMES = ("generation", "auditing", "rollout")
TABLE = FittedTable(
    "stage",
    NAMES,
    [
        Column(head, [Text(str(row)) for row in range(3)], rank)
        for head, rank in (("queued", 1), ("done", 3), ("yield", 0))
    ],
    [0, 5, 2],
    [("running", "1h02m", "about 3h left"), ("234.6k requests", "110/s"), ("2.0G tokens", "321 MiB")],
)


def shown(width: int, height: int | None = None) -> list[str]:
    return [line.plain for line in TABLE.lines(width, height)]


def test_whole() -> None:
    """With room for all there are a head, a rule, every row, and the totals, between blank lines."""
    assert shown(80, 11) == shown(80) == [
        "",
        " stage       queued  done  yield",
        " ───────────────────────────────",
        " generation       0     0      0",
        " auditing         1     1      1",
        " rollout          2     2      2",
        "",
        " running · 1h02m · about 3h left",
        " 234.6k requests · 110/s",
        " 2.0G tokens · 321 MiB",
    ]  # fmt: skip


def test_order_of_columns() -> None:
    """As it becomes narrower first spaces go, then columns by rank, then the ends of names."""
    narrower = {width: shown(width)[1:4:2] for width in range(33, 10, -1)}
    assert narrower[32] == [" stage       queued  done  yield", " generation       0     0      0"]
    assert narrower[31] == [" stage      queued done yield", " generation      0    0     0"]
    assert narrower[28] == [" stage      queued done", " generation      0    0"]
    assert narrower[22] == [" stage      done", " generation    0"]
    assert narrower[14] == [" stage    done", " generat…    0"]
    assert narrower[13] == [" stage", " generat…"]


def test_order_of_rows() -> None:
    """As it becomes lower blank lines go, then the rule, then rows by rank, then the head; the totals never."""
    told = {height: [line.split(" ")[1] for line in shown(80, height) if line] for height in range(10, 1, -1)}
    totals = ["running", "234.6k", "2.0G"]
    every = ["stage", "─" * 31, "generation", "auditing", "rollout", *totals]
    assert len(shown(80, 10)) == 10
    assert told[9] == told[8] == every
    assert told[7] == [part for part in every if "─" not in part]
    assert told[6] == ["stage", "auditing", "rollout", *totals]
    assert told[5] == ["stage", "auditing", *totals]
    assert told[4] == told[2] == totals


@pytest.mark.parametrize("width", range(10, 90))
def test_never_wider_or_higher(width: int) -> None:
    """No line is wider than asked for, there are no more of them than asked for, and totals stand last."""
    for height in range(3, 20):
        lines = TABLE.lines(width, height)
        assert len(lines) <= height
        assert all(line.cell_len <= max(width, 9) for line in lines)
        assert [line.plain[:5] for line in lines[-3:]] == [" runn", " 234.", " 2.0G"]


def test_wide_letters_take_two_cells() -> None:
    """Widths are counted in cells of the terminal."""
    table = FittedTable("阶段", ["生成" * 9], [Column("done", [Text("1")], 0)], [0], [["运行" * 30]])
    assert all(line.cell_len <= 30 for line in table.lines(30, 9))
