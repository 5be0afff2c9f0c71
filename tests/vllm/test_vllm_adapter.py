"""The parts of the vLLM backend that need no vLLM."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from synthtools_stream.errors import ConfigError, UsageError
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.vllm import VllmLoad, VllmModel
from synthtools_stream.vllm.engine_arguments import read_arguments
from synthtools_stream.vllm.engine_load import LoadMeter
from synthtools_stream.vllm.model_parsers import Parsers, known_parsers
from synthtools_stream.vllm.serve_command import command_line, flags_for

KNOWN = ("model", "tensor_parallel_size", "max_num_seqs", "served_model_name", "reasoning_parser", "seed")


async def test_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where vLLM is not installed, one line says what to install."""
    monkeypatch.setitem(sys.modules, "vllm", None)

    with pytest.raises(UsageError, match=r"pip install synthtools-stream\[vllm\]"):
        await VllmModel.open("m", {})


def test_arguments_pass_through() -> None:
    """The engine's arguments keep their values; ours and the server's are taken out."""
    given: JsonObject = {"tensor-parallel-size": 4, "chat_template": "t.jinja", "tool_call_parser": "x"}

    read = read_arguments("openai/gpt-oss-120b", given, KNOWN)

    assert read.engine["tensor_parallel_size"] == 4
    assert read.engine["enable_prefix_caching"] is True
    assert not {"chat_template", "tool_call_parser", "enable_chunked_prefill"} & read.engine.keys()
    assert (read.name, read.tool_call_parser, read.reasoning_parser) == ("openai/gpt-oss-120b", "x", "openai_gptoss")
    assert read.engine["reasoning_parser"] == "openai_gptoss"
    assert read.chat_template == "t.jinja"


def test_served_name_is_the_rows_name() -> None:
    """Rows carry the name that the model is served by, where it has one."""
    assert read_arguments("/models/x", {"served_model_name": ["x", "y"]}, KNOWN).name == "x"


def test_cpu_reads_prompts_whole() -> None:
    """On a CPU prompts are not read in pieces, unless the user wants them to be."""
    assert read_arguments("m", {}, KNOWN, on_cpu=True).engine["enable_chunked_prefill"] is False
    known = (*KNOWN, "enable_chunked_prefill")
    assert read_arguments("m", {"enable_chunked_prefill": True}, known, on_cpu=True).engine["enable_chunked_prefill"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"tensor_paralel_size": 2}, "did you mean 'tensor_parallel_size'"),
        ({"tool_call_parsr": "x"}, "did you mean 'tool_call_parser'"),
        ({"zzz": 1}, r"vllm\.zzz: .* no such argument$"),
        ({"model": "m"}, "named by `model`"),
        ({"reasoning_parser": 3}, "must be a text"),
    ],
)
def test_wrong_arguments_are_named(given: JsonObject, told: str) -> None:
    """What is wrong with an argument is said in one line, with the nearest that is known."""
    with pytest.raises(ConfigError, match=told):
        read_arguments("m", given, KNOWN)


def test_model_must_be_named() -> None:
    """There is no default model."""
    with pytest.raises(ConfigError, match="--model"):
        read_arguments("", {}, KNOWN)


@pytest.mark.parametrize(
    ("model", "parsers"),
    [
        ("openai/gpt-oss-20b", Parsers("openai", "openai_gptoss")),
        ("Qwen/Qwen3-8B", Parsers("hermes", "qwen3")),
        ("Qwen/Qwen3-4B-Instruct-2507", Parsers("hermes")),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", Parsers("qwen3_coder")),
        ("meta-llama/Llama-3.1-8B-Instruct", Parsers("llama3_json")),
        ("/models/deepseek_r1_distill_qwen", Parsers("", "deepseek_r1")),
        ("somebody/else", Parsers()),
    ],
)
def test_known_families(model: str, parsers: Parsers) -> None:
    """A model's family decides its parsers; an unknown model has none."""
    assert known_parsers(model) == parsers


@dataclass
class CacheStats:
    """As vLLM tells them."""

    queries: int = 100
    hits: int = 60


@dataclass
class SchedulerStats:
    """As vLLM tells them."""

    num_running_reqs: int
    num_waiting_reqs: int
    kv_cache_usage: float
    prefix_cache_stats: CacheStats = field(default_factory=CacheStats)


@dataclass
class IterationStats:
    """As vLLM tells them."""

    num_preempted_reqs: int


def test_load_is_summed_over_replicas() -> None:
    """Replicas' requests add up, the fullest cache counts, and totals go on."""
    now = [10.0]
    meter = LoadMeter(clock=lambda: now[0])
    meter.listener(None, 0).record(SchedulerStats(3, 1, 0.2), IterationStats(2), engine_idx=0)
    meter.listener(None, 1).record(SchedulerStats(4, 0, 0.5), None, engine_idx=1)
    meter.listener(None, 1).record(None, IterationStats(1), engine_idx=1)
    now[0] = 12.5

    assert meter.read() == VllmLoad(7, 1, 0.5, 3, 200, 120, 2.5)


def test_unknown_stats_are_no_load() -> None:
    """What a later vLLM no longer tells is taken for nothing."""
    meter = LoadMeter()
    meter.listener(None).record(object(), object())

    assert meter.read()._replace(age_s=0.0) == VllmLoad()


def test_server_flags_fit_the_model() -> None:
    """A known model is served with its parsers; what the user gives replaces what is ours."""
    command = command_line("openai/gpt-oss-120b", ["--tensor-parallel-size", "4", "--port=9000"])

    assert command[:3] == ["vllm", "serve", "openai/gpt-oss-120b"]
    assert command[-3:] == ["--tensor-parallel-size", "4", "--port=9000"]
    assert "--port" not in command
    assert command[command.index("--tool-call-parser") + 1] == "openai"
    assert command[command.index("--reasoning-parser") + 1] == "openai_gptoss"


def test_flags_can_be_denied() -> None:
    """`--no-…` takes the place of our flag, and every flag says why it is there."""
    flags = flags_for("m", ["--no-enable-prefix-caching"])

    assert "--enable-prefix-caching" not in [flag.name for flag in flags]
    assert all(flag.why for flag in flags)
    assert not [flag for flag in flags if "parser" in flag.name]


def test_module_is_named_where_vllm_has_no_command() -> None:
    """Without vLLM's own command, the model is an option of its server's module."""
    command = command_line("m", [], ["python", "-m", "vllm.entrypoints.openai.api_server"])

    assert command[3:5] == ["--model", "m"]


def test_only_the_adapter_names_vllm() -> None:
    """No other module of ours imports vLLM, by statement or by name."""
    package = Path(__file__).parents[2] / "synthtools_stream"
    naming = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if 'import_module("vllm' in path.read_text() or "import vllm\n" in path.read_text()
    }

    assert naming == {"vllm/bindings.py"}
