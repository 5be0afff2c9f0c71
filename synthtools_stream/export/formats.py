"""Every format by its name."""

from __future__ import annotations

from difflib import get_close_matches

from synthtools_stream.errors import UsageError
from synthtools_stream.export.benchmark_tasks.bfcl_tasks import BfclTasks
from synthtools_stream.export.benchmark_tasks.tau2_tasks import Tau2Tasks
from synthtools_stream.export.corpora.hf_dataset import HubDataset
from synthtools_stream.export.corpora.seven_columns import SevenColumns
from synthtools_stream.export.corpora.task_summary import TaskSummary
from synthtools_stream.export.environment_packages.mcp_tools import McpTools
from synthtools_stream.export.environment_packages.nemo_gym_environment import NemoGymEnvironment
from synthtools_stream.export.environment_packages.openenv_package import OpenEnvPackage
from synthtools_stream.export.environment_packages.verifiers_package import VerifiersPackage
from synthtools_stream.export.export_format import ExportFormat
from synthtools_stream.export.traces.atif_traces import AtifTraces
from synthtools_stream.export.traces.sts_traces import StsTraces
from synthtools_stream.export.trainer_rows.axolotl_rows import AxolotlRows
from synthtools_stream.export.trainer_rows.dialogue_rows import DialogueRows
from synthtools_stream.export.trainer_rows.hermes_rows import HermesRows
from synthtools_stream.export.trainer_rows.llamafactory_rows import LlamaFactoryRows
from synthtools_stream.export.trainer_rows.llamafactory_v1_rows import LlamaFactoryV1Rows
from synthtools_stream.export.trainer_rows.ms_swift_rows import MsSwiftPreferenceRows, MsSwiftRows
from synthtools_stream.export.trainer_rows.openai_rows import OpenAIRows
from synthtools_stream.export.trainer_rows.pivot_rows import PivotRows
from synthtools_stream.export.trainer_rows.sharegpt_rows import ShareGPTRows
from synthtools_stream.export.trainer_rows.skyrl_rows import SkyRLRows
from synthtools_stream.export.trainer_rows.trl_rows import TRLKTORows, TRLPreferenceRows, TRLRows
from synthtools_stream.export.trainer_rows.verl_rows import VerlRows

__all__ = ["FORMATS", "format_named"]

FORMATS: dict[str, ExportFormat] = {
    form.name: form
    for form in (
        # One line a format: rows to train on, worlds, benchmarks, corpora, traces.
        OpenAIRows(),
        DialogueRows(),
        TRLRows(),
        TRLPreferenceRows(),
        TRLKTORows(),
        ShareGPTRows(),
        HermesRows(),
        LlamaFactoryRows(),
        LlamaFactoryV1Rows(),
        MsSwiftRows(),
        MsSwiftPreferenceRows(),
        AxolotlRows(),
        VerlRows(),
        SkyRLRows(),
        PivotRows(),
        NemoGymEnvironment(),
        OpenEnvPackage(),
        VerifiersPackage(),
        McpTools(),
        BfclTasks(),
        Tau2Tasks(),
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
