"""The formats by name, and which one a row plainly has."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from synthtools_stream.errors import UsageError
from synthtools_stream.intake.apigen_mt import ApigenMt
from synthtools_stream.intake.bfcl import Bfcl
from synthtools_stream.intake.openai_chat import OpenAiChat
from synthtools_stream.intake.row_format import RowFormat
from synthtools_stream.intake.sharegpt import ShareGpt
from synthtools_stream.intake.tau2 import Tau2
from synthtools_stream.intake.toucan import Toucan
from synthtools_stream.intake.xlam import Xlam
from synthtools_stream.records.task import SHARED_COLUMNS
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["FORMATS", "format_named", "is_task_row", "plain_format"]

FORMATS: Mapping[str, RowFormat] = {
    "openai": OpenAiChat(),
    "sharegpt": ShareGpt(),
    "xlam": Xlam(),
    "toucan": Toucan(),
    "apigen-mt": ApigenMt(),
    "bfcl": Bfcl(),
    "tau2": Tau2(),
}
"""Every format that is read."""


def format_named(name: str) -> RowFormat:
    """Return the format of that name.

    :raises UsageError: when there is none, with the nearest.
    """
    if name in FORMATS:
        return FORMATS[name]
    near = get_close_matches(name.lower().replace("_", "-"), FORMATS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FORMATS)}"
    raise UsageError(f"there is no format {name[:80]!r}; {hint}")


def plain_format(row: JsonObject) -> str:
    """Return the name of the format that a row plainly has; empty where it has none."""
    return next((name for name, known in FORMATS.items() if known.knows(row)), "")


def is_task_row(row: JsonObject) -> bool:
    """Say whether a row has the seven columns already, so that there is nothing to import."""
    return set(SHARED_COLUMNS) <= row.keys()
