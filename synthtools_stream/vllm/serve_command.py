"""`bin/serve-vllm`: start vLLM's server with the flags that matter for our load, and say why each is there.

The load is many short requests at once that share long beginnings, with schemas or tools, sent by a client that keeps
a queue of its own. A flag that the user gives replaces ours.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, NoReturn

from synthtools_stream.vllm.model_parsers import known_parsers

__all__ = ["Flag", "command_line", "flags_for"]

USAGE = """\
usage: bin/serve-vllm MODEL [--print] [options of `vllm serve`]

Starts vLLM's server for MODEL (a name on the Hugging Face hub, or a directory) in the foreground. Options of
`vllm serve` are passed on and replace ours; --print shows the command line and starts nothing.

  bin/serve-vllm openai/gpt-oss-120b --tensor-parallel-size 4
  bin/serve-vllm Qwen/Qwen3-4B-Instruct-2507 --gpu-memory-utilization 0.85
"""


class Flag(NamedTuple):
    """One flag of the server and why it is there."""

    name: str
    value: str
    why: str

    @property
    def words(self) -> list[str]:
        """The flag as it stands on a command line."""
        return [self.name, self.value] if self.value else [self.name]


def flags_for(model: str, given: Sequence[str]) -> list[Flag]:
    """Return our flags for `model`, less those that are given otherwise."""
    parsers = known_parsers(model)
    flags = [
        Flag("--host", "127.0.0.1", "only this machine may ask; 0.0.0.0 lets others in"),
        Flag("--port", "8000", "synthtools-stream run --server-url http://localhost:8000"),
        Flag("--max-model-len", "32768", "our prompts and answers fit; more context leaves less room for a batch"),
        Flag("--max-num-seqs", "256", "requests in one batch; give `run` a --concurrency near it"),
        Flag("--max-num-queued-reqs", "2048", "beyond these it says 503, which our gate reads as load, and slows down"),
        Flag("--enable-prefix-caching", "", "requests of a role and an environment begin alike and are read once"),
        Flag("--enable-prompt-tokens-details", "", "answers say how much of their prompt was found in the cache"),
        Flag("--disable-uvicorn-access-log", "", "no line for each of some hundred thousand requests"),
    ]
    if parsers.tool_call:
        why = "reads this model's tool calls, for --mode native"
        flags += [Flag("--enable-auto-tool-choice", "", why), Flag("--tool-call-parser", parsers.tool_call, why)]
    if parsers.reasoning:
        flags.append(
            Flag(
                "--reasoning-parser", parsers.reasoning, "keeps this model's reasoning apart, and lets it think freely"
            )
        )
    names = {word.partition("=")[0].replace("_", "-") for word in given if word.startswith("--")}
    return [flag for flag in flags if not names & {flag.name, flag.name.replace("--", "--no-", 1)}]


def command_line(model: str, given: Sequence[str], server: Sequence[str] = ("vllm", "serve")) -> list[str]:
    """Return the whole command; `server` is what starts vLLM's."""
    own = [word for flag in flags_for(model, given) for word in flag.words]
    return [*server, *([model] if server[-1] == "serve" else ["--model", model]), *own, *given]


def _server() -> list[str] | None:
    """Find vLLM: named by $VLLM, beside this Python, on the path, or the CPU build of bin/tiny-vllm."""
    named = os.environ.get("VLLM")
    beside = Path(sys.executable).parent / "vllm"
    for program in (named, str(beside) if beside.exists() else None, shutil.which("vllm")):
        if program:
            return [program, "serve"]
    if find_spec("vllm") is not None:
        return [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    tiny = Path(".vllm-venv/bin/python")
    return [str(tiny.absolute()), "-m", "vllm.entrypoints.openai.api_server"] if tiny.exists() else None


def _main(words: Sequence[str]) -> int:
    only_print = "--print" in words
    words = [word for word in words if word != "--print"]
    if not words or words[0].startswith("-"):
        sys.stderr.write(USAGE)
        return 0 if words and words[0] in ("-h", "--help") else 2
    model, given = words[0], words[1:]
    for flag in flags_for(model, given):
        sys.stderr.write(f"  {' '.join(flag.words):<36} {flag.why}\n")
    if not known_parsers(model).tool_call and "--tool-call-parser" not in given:
        sys.stderr.write(
            f"  no parser is known for the tool calls of {model}: --mode native needs --tool-call-parser\n"
        )
    if only_print:
        sys.stdout.write(shlex.join(command_line(model, given)) + "\n")
        return 0
    server = _server()
    if server is None:
        sys.stderr.write("bin/serve-vllm: there is no vLLM here: pip install vllm, or name it: VLLM=/path/to/vllm\n")
        return 2
    command = command_line(model, given, server)
    sys.stderr.write(f"{shlex.join(command)}\n")
    sys.stderr.flush()
    return _become(command)


def _become(command: Sequence[str]) -> NoReturn:
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.execvp(command[0], [*command])


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
