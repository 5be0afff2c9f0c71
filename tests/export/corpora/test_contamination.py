"""What requests have in common with a benchmark's tasks."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpora.contamination import contamination, read_benchmark
from synthtools_stream.values.jsontypes import Json

LONG = (
    "I would like to move booking BK-2041 to a vessel that reaches Rotterdam on or before the sixteenth of March,"
    " and please tell the shipper about it."
)
BFCL: Json = {
    "id": "multi_turn_base_0",
    "question": [[{"role": "user", "content": LONG}]],
    "function": [{"name": "f", "description": "Cancel the whole order of the customer and send an email about it."}],
}
TAU: Json = [{"user_scenario": {"instructions": {"reason_for_call": "Cancel my order of two red bicycles, please."}}}]


def looked_at(tmp_path: Path, content: bytes, request: str, name: str = "b.json") -> tuple[int, int, int]:
    """Return texts of the benchmark, copies and near-duplicates of one request."""
    (tmp_path / name).write_bytes(content)
    (found,) = contamination([("t1", request)], [read_benchmark(tmp_path / name)])
    return found.benchmark.texts, found.copied, found.near


@pytest.mark.parametrize("many", [1, 2])
def test_thirteen_words_in_a_row_are_a_copy(tmp_path: Path, many: int) -> None:
    """Whatever stands around them, in JSON and in lines of it; twelve are none."""
    lines = (orjson.dumps(BFCL) + b"\n") * many
    words = LONG.split()
    around = "Hello there! " + " ".join(words[3:15]).upper() + " Many other things are wanted here, and none is there."
    fewer = "Hello there! " + " ".join(words[3:14]) + " and something else."
    assert looked_at(tmp_path, lines, around) == (1, 1, 0)
    assert looked_at(tmp_path, lines, fewer)[1] == 0


def test_near_duplicates(tmp_path: Path) -> None:
    """The same thing with another number is near, though nothing long was copied; a short text is copied as a whole."""
    benchmark = orjson.dumps(TAU)
    assert looked_at(tmp_path, benchmark, "Cancel my order of three red bicycles, please!") == (1, 0, 1)
    assert looked_at(tmp_path, benchmark, "cancel my order of two red bicycles please") == (1, 1, 1)
    assert looked_at(tmp_path, benchmark, "Find hive H-12 and log a visit of today.") == (1, 0, 0)


def test_what_describes_tools_is_no_task(tmp_path: Path) -> None:
    """All benchmarks of one API describe it alike."""
    described = "Cancel the whole order of the customer and send an email about it."
    assert looked_at(tmp_path, orjson.dumps(BFCL), described) == (1, 0, 0)


def test_plain_text_is_read_by_lines(tmp_path: Path) -> None:
    """As some benchmarks are handed around."""
    assert looked_at(tmp_path, f"{LONG}\nshort one\n".encode(), LONG, "b.txt") == (1, 1, 1)


def test_nothing_to_compare_with(tmp_path: Path) -> None:
    """One line says so."""
    (tmp_path / "b.json").write_bytes(b'{"a": ["too short", 1, null]}')
    with pytest.raises(UsageError, match=r"b\.json: holds no text of 5 words"):
        read_benchmark(tmp_path / "b.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_benchmark(tmp_path / "none.json")
