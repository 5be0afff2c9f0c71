"""`serve-model`: the embedded model as an OpenAI-compatible server, with the manners of a loaded or a bad one."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.assembly.embedded_server import serve_embedded
from synthtools_stream.cli.console import notice
from synthtools_stream.cli.exit_codes import exit_with, run_async
from synthtools_stream.errors import ConfigError
from synthtools_stream.serving import Capacity, FaultPlan, parse_faults

__all__ = ["serve_model"]


@click.command("serve-model")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind; loopback unless told.")
@click.option("--slots", type=int, default=256, show_default=True, help="Requests that run at once.")
@click.option("--prefill-tps", type=float, help="Prompt tokens per second, all requests together.  [no limit]")
@click.option("--decode-tps", type=float, help="Tokens per second of a request alone.  [no limit]")
@click.option("--decode-slowdown", type=float, default=0.0, help="Share by which each further request slows a step.")
@click.option("--kv-tokens", type=int, help="Tokens that the KV memory holds.  [no limit]")
@click.option("--queue-cap", type=int, help="Requests that may wait; one more is answered 503.  [no limit]")
@click.option("--perfect", is_flag=True, help="Never err on purpose.")
@click.option("--faults", default="", help="Spoil answers: 429=0.2,reset=0.1, or all=0.2 for every kind.  [none]")
@click.option("--faults-seed", type=int, default=0, show_default=True, help="Which answers are spoiled.")
@click.option("--stall-s", type=float, default=2.0, show_default=True, help="How long a stalled answer stalls.")
@click.option("--drip-s", type=float, default=0.4, show_default=True, help="How long a slow answer takes.")
@click.option("--request-log", type=click.Path(path_type=Path), help="Note a digest of every chat request here.")
def serve_model(
    port: int,
    host: str,
    slots: int,
    prefill_tps: float | None,
    decode_tps: float | None,
    decode_slowdown: float,
    kv_tokens: int | None,
    queue_cap: int | None,
    perfect: bool,
    faults: str,
    faults_seed: int,
    stall_s: float,
    drip_s: float,
    request_log: Path | None,
) -> None:
    """Serve the embedded model over HTTP, as an OpenAI-compatible server would.

    Chat completions with JSON schemas, tools, seeds and usage; /v1/models, /health, /version, and /metrics in vLLM's
    names.
    """
    with exit_with():
        try:
            capacity = Capacity(
                slots=slots,
                prefill_tps=prefill_tps,
                decode_tps=decode_tps,
                decode_slowdown=decode_slowdown,
                kv_tokens=kv_tokens,
                queue_cap=queue_cap,
            )
        except ValueError as error:
            raise ConfigError(f"serve-model: {error}") from error
        plan = FaultPlan(parse_faults(faults), faults_seed, stall_s, drip_s) if faults else None

    def ready(model: str, bound: int) -> None:
        notice(
            f"serving {model} at http://{host}:{bound}/v1 (stop with Ctrl-C); "
            f"try: synthtools-stream run --server-url http://{host}:{bound}"
        )

    run_async(serve_embedded(host, port, capacity, perfect=perfect, ready=ready, faults=plan, request_log=request_log))
