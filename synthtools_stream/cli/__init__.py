"""The command line, `synthtools-stream`: one file a command, and how all of them speak and end.

A command is imported when it is called for: `status` need not wait for what only `run` uses.

Belongs here: options and arguments, what is printed and how, exit codes.

Does not: anything that a program which uses us as a library could want.

May import: `assembly`, `cluster`, `config`, `engine`, `envserving`, `errors`, `export`, `intake`, `live`, `programs`,
`proof`, `records`, `report`, `serving`, `storage`, `synthtools_stream`, `toolgraph`, `values`, `view`.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple

import click

import synthtools_stream
from synthtools_stream.cli.exit_codes import Commands
from synthtools_stream.cli.plain_text import printable

__all__ = ["main"]


class _Home(NamedTuple):
    """Where a command stands, and what it does, in a few words."""

    module: str
    name: str
    help: str


_COMMANDS = {
    "certify": _Home("certify", "certify", "Prove tasks that you bring."),
    "cluster": _Home("cluster", "cluster", "Run all shards of a run on a cluster of machines."),
    "compact": _Home("compact", "compact_run", "Drop the replies of finished items, compress the logs."),
    "export": _Home("export", "export_rows", "Write rows in the form that other programs read."),
    "import": _Home("import_rows", "import_file", "Make rows of tasks of other people's files."),
    "merge": _Home("merge", "merge", "Put the shards of a run together."),
    "repair": _Home("repair", "repair_run", "Set aside what is damaged in a run's logs."),
    "rollout": _Home("rollout", "rollout", "Let an agent try the tasks of a dataset."),
    "run": _Home("run", "run", "Turn fields into tools, proven tasks and trajectories."),
    "serve-env": _Home("serve_env", "serve_env", "Serve tasks as environments: MCP, OpenEnv, NeMo Gym."),
    "serve-model": _Home("serve_model", "serve_model", "Serve the embedded model, OpenAI-compatible."),
    "stats": _Home("stats", "stats", "Tell the figures of runs and corpora."),
    "status": _Home("status", "status", "Say where a run stands."),
    "tail": _Home("tail", "tail", "Show what a run did last, or does."),
    "verify": _Home("verify", "verify", "Recheck tasks, without any model."),
    "view": _Home("view", "view", "Look at rows in a browser."),
}


class _OnDemand(Commands):
    """The group of our commands; none is imported before it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        """Return the names of all commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click asks so
        """Import the module of a command, and return the command; None for a name that is none of ours."""
        home = _COMMANDS.get(cmd_name)
        if home is None:
            return None
        command: object = getattr(import_module(f"{__name__}.{home.module}"), home.name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with; the nearest one is named where there is none.

        :raises click.UsageError: where there is no such command.
        """
        name = args[0]
        if not name.startswith("-") and name not in _COMMANDS and not ctx.resilient_parsing:
            near = get_close_matches(name, _COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_COMMANDS)}"
            ctx.fail(f"there is no command {printable(name, 80)!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, home.help) for name, home in _COMMANDS.items()])


def _say_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    # Looked up only when asked for, and also where the tree is not installed; click's own option does neither.
    if asked and not context.resilient_parsing:
        click.echo(f"synthtools-stream, version {synthtools_stream.__version__}")
        context.exit()


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Synthetic tools, proven tool-use tasks and judged agent trajectories from one streaming engine.

    \b
    Exit codes: 0 done; 1 finished, but nothing was produced (or verify found failures, or certify left a row
    without a certificate); 2 bad usage or configuration; 3 stopped, and the same command goes on.
    """
