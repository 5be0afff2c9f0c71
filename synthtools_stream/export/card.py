"""The README of an export: what it holds, how it was chosen, how it is read, and what could not be taken along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from synthtools_stream.export.export_format import ExportFormat, Made
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["card"]


def card(made_as: ExportFormat, made: Made, asked: JsonObject, left_out: Mapping[str, int]) -> bytes:
    """Return the card as Markdown. Nothing in it is a model's word."""
    front = made_as.front_matter(made)
    head = [f"---\n{front.strip()}\n---\n"] if front else []
    return "\n".join([*head, *_body(made_as, made, asked, left_out)]).encode()


def _body(made_as: ExportFormat, made: Made, asked: JsonObject, left_out: Mapping[str, int]) -> Iterator[str]:
    yield f"# Rows as `{made_as.name}`\n"
    yield f"Written by `synthtools-stream export --format {made_as.name}`. Read by: {made_as.read_by}.\n"
    yield "| file | rows |\n|---|---|"
    yield "\n".join(f"| `{name}` | {count:,} |" for name, count in sorted(made.lines.items())) + "\n"
    if left_out:
        yield "Left out, with the reasons in `left_out.jsonl`:\n"
        yield "\n".join(f"* {count:,}: {reason}" for reason, count in sorted(left_out.items())) + "\n"
    yield f"## How it is read\n\n{made_as.usage(made).strip()}\n"
    for note in made.notes:
        yield f"{note.strip()}\n"
    yield "## How it was made\n\nThe same command makes the same bytes.\n"
    # Where the files lay is nobody's affair; `export.json` has it.
    told = {name: value for name, value in asked.items() if name != "files" and value not in (None, [])}
    yield f"```json\n{orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()}\n```\n"
