"""`serve-env`: the tasks of a dataset as worlds that anybody's agent acts in, over the wire."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.assembly.served_worlds import Offer, serve_environments, serve_one_environment
from synthtools_stream.cli.console import notice
from synthtools_stream.cli.exit_codes import exit_with, run_async
from synthtools_stream.envserving.sessions import IDLE_S, MOST, Session
from synthtools_stream.errors import ConfigError, boundary
from synthtools_stream.values.jsontypes import JsonObject, canonical_json

__all__ = ["serve_env"]


@click.command("serve-env")
@click.option(
    "--dataset", required=True, type=click.Path(path_type=Path), help="task_content.jsonl, ours or anybody's."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind; loopback unless told.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--token", default="", help="What agents must show.  [none on loopback, else made and told]")
@click.option("--control-token", default="", help="What trainers must show on the control side.  [made and told]")
@click.option("--server-url", multiple=True, help="Server of the model that plays the tools that are no code.")
@click.option("--model", default="", help="Its name; by default the server's only one.")
@click.option("--tape-only", is_flag=True, help="Without a model: such tools answer the ground truth's calls only.")
@click.option("--most", type=click.IntRange(min=1), default=MOST, show_default=True, help="Sessions at once.")
@click.option(
    "--idle",
    type=click.FloatRange(min=1),
    default=IDLE_S,
    show_default=True,
    help="Seconds after which a session that nobody uses is closed.",
)
@click.option("--stdio", is_flag=True, help="One attempt, over MCP on stdin and stdout.")
@click.option("--task-id", default="", help="With --stdio: the task.")
@click.option("--verdict", type=click.Path(path_type=Path), help="With --stdio: write reward and verdict here.")
def serve_env(
    dataset: Path,
    host: str,
    port: int,
    token: str,
    control_token: str,
    server_url: tuple[str, ...],
    model: str,
    tape_only: bool,
    most: int,
    idle: float,
    stdio: bool,
    task_id: str,
    verdict: Path | None,
) -> None:
    """Serve the tasks of a dataset as environments: MCP, OpenEnv and NeMo Gym on one port.

    Agents act in sessions of their own; the verdict leaves by the control side only. See docs/environments.md.
    """
    offer = Offer(dataset, server_url, model, tape_only, most, idle)
    with exit_with():
        if stdio != bool(task_id):
            raise ConfigError("--stdio and --task-id go together: one attempt at one task")
        if verdict is not None and not stdio:
            raise ConfigError("--verdict is --stdio's; else the control side tells it")
    if not stdio:
        tokens = {"token": token, "control_token": control_token}
        run_async(serve_environments(offer, host, port, **tokens, notice=notice))
        return
    session = run_async(serve_one_environment(offer, task_id, notice=notice))
    if verdict is not None:
        with exit_with():
            _write(verdict, session)


def _write(path: Path, session: Session) -> None:
    row: JsonObject = {
        "task_id": session.task.id,
        "over": session.over,
        "reward": session.reward,
        "verdict": session.verdict.to_json() if session.verdict else None,
    }
    with boundary(f"{path}: cannot be written", OSError, as_=ConfigError):
        path.write_bytes(canonical_json(row) + b"\n")
