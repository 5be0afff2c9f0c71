"""What given tools do, as far as their names and schemas say: an act each, on a kind of thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import singular, tokens
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.records.tool import Parameter

__all__ = ["GivenAct", "plain_name", "read_act"]

_VERBS = {
    Operation.search: "list search find query browse filter",
    Operation.get: "get read fetch show retrieve describe lookup view",
    Operation.create: "create add post open register new book make submit schedule place insert record start log",
    Operation.update: "update edit change set modify patch put",
    Operation.delete: "delete remove destroy erase",
}
_OPERATIONS = {verb: operation for operation, verbs in _VERBS.items() for verb in verbs.split()}
_ENDS = frozenset(["by", "for", "in", "to", "from", "with", "of", "on", "at", "as", "and"])
"""Words behind which a tool's name says more than what it is about."""
_READS = (Operation.search, Operation.get)


@dataclass(frozen=True)
class GivenAct:
    """One tool, read."""

    given: GivenTool
    verb: str
    noun: str
    operation: Operation
    target: str
    """The plain name of the parameter that holds the thing's id; empty where there is none."""
    parameters: Mapping[str, Parameter]
    """By plain name, without the target, in the tool's order."""


def plain_name(name: str) -> str:
    """Return a name in snake_case: `kiteId` is `kite_id`."""
    return "_".join(tokens(name))[:48] or "value"


def read_act(given: GivenTool) -> GivenAct:
    """Return what a tool does, and to what."""
    heard = tokens(given.tool.tool_name) or ("change",)
    first, last = heard[0], heard[-1]  # `approveOrder`, and `orders.approve`
    verb = next((word for word in (first, last) if word in _OPERATIONS), last if "." in given.tool.tool_name else first)
    noun, many = _noun([word for word in heard if word != verb])
    parameters = {plain_name(name): part for name, part in given.tool.parameters.items()}
    target = _target(parameters, noun)
    operation = _OPERATIONS.get(verb, Operation.transition if target else Operation.create)
    if operation is Operation.get and (many or not target):
        operation = Operation.search
    if given.reads_only and operation not in _READS:
        operation = Operation.get if target else Operation.search
    if operation in (Operation.search, Operation.create):
        target = "" if operation is Operation.create or target != "id" else target
    rest = {name: part for name, part in parameters.items() if name != target}
    return GivenAct(given, verb, noun, operation, target, rest)


def _noun(words: Sequence[str]) -> tuple[str, bool]:
    """Return what a name is about, and whether it speaks of several."""
    about: list[str] = []
    for word in words:
        if word in _ENDS:
            break
        about.append(word)
    spoken = " ".join(about) or "record"
    one = singular(spoken)
    return one or "record", one != spoken


def _target(parameters: Mapping[str, Parameter], noun: str) -> str:
    own = noun.replace(" ", "_")
    short = own.rpartition("_")[2]
    return next((name for name in (f"{own}_id", "id", f"{short}_id") if name in parameters), "")
