"""Adds attempts to a run that are hard to show: `python -m tests.browser.hard_rows RUN`.

Each is a copy of the run's first attempt that solved its task, and says something else in the end. Their ids end with
the names of `SAID`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

__all__ = ["SAID", "add_hard_rows"]

_PARAGRAPH = "The amount of journal entry JE-1044 is 10430. "
SAID: Mapping[str, str] = {
    "r90": "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\"><b>bold</b> &amp;",
    "r91": "שלום. הסכום הוא 10430 ש״ח (JE-1044). \u202eevil\u202c مرحبا بالعالم",
    "r92": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e8\U0001f1ed e\u0301 zalgo: Z\u0338\u0327\u0359a 船",
    "r93": _PARAGRAPH * (2_000_000 // len(_PARAGRAPH)) + "THE END",
    "r94": "word" * 2_000 + "\n\n\n\ttabs\tand\x00nulls \x1b[31mred\x1b[0m",
}
"""What is said, by the attempt: markup, writing from right to left, emoji, two megabytes, a word without an end."""


def add_hard_rows(run: Path) -> None:
    """Append the rows to a run's attempts."""
    path = run / "trajectories.jsonl"
    rows = map(orjson.loads, path.read_bytes().splitlines())
    row = next(row for row in rows if orjson.loads(row["verdict"])["kind"] == "solved")
    messages = orjson.loads(row["messages"])
    lines: list[bytes] = []
    for name, text in SAID.items():
        said = [*messages[:-1], {"role": "assistant", "content": text, "reasoning": text[:200]}]
        made = {**row, "id": f"{row['task_id']}#{name}", "messages": orjson.dumps(said).decode()}
        lines.append(orjson.dumps(made) + b"\n")
    with path.open("ab") as file:
        file.writelines(lines)


if __name__ == "__main__":
    add_hard_rows(Path(sys.argv[1]))
