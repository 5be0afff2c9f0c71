"""Every format by its name."""

from __future__ import annotations

from difflib import get_close_matches

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpora.hf_dataset import HubDataset
from synthtools_stream.export.corpora.seven_columns import SevenColumns
from synthtools_stream.export.corpora.task_summary import TaskSummary
from synthtools_stream.export.export_format import ExportFormat
from synthtools_stream.export.traces.atif_traces import AtifTraces
from synthtools_stream.export.traces.sts_traces import StsTraces
from synthtools_stream.export.trainer_rows.dialogue_rows import DialogueRows
from synthtools_stream.export.trainer_rows.openai_rows import OpenAIRows

__all__ = ["FORMATS", "format_named"]

FORMATS: dict[str, ExportFormat] = {
    form.name: form
    for form in (
        # One line a format.
        OpenAIRows(),
        DialogueRows(),
        HubDataset(),
        SevenColumns(),
        TaskSummary(),
        AtifTraces(),
        StsTraces(),
    )
}
"""In the order in which `export --help` names them."""


def format_named(name: str) -> ExportFormat:
    """Return a format.

    :raises UsageError: when there is none of this name; the nearest is named.
    """
    form = FORMATS.get(name)
    if form is None:
        near = get_close_matches(name, FORMATS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FORMATS)}"
        raise UsageError(f"there is no format {name!r}; {hint}")
    return form
