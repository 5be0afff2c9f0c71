"""Heuristics over tools and what they work on: empty and doubled descriptions, doubled parameters, placeholders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from synthtools_stream.quality.fault import Fault
from synthtools_stream.quality.placeholders import placeholder_names, placeholder_texts
from synthtools_stream.records.blueprint import EntityType, Signature
from synthtools_stream.records.tool import Tool

__all__ = ["signature_faults", "tool_faults", "type_faults"]


def tool_faults(tool: Tool) -> Iterator[Fault]:
    """Yield what is poor about a written tool."""
    parameters = {name: part.description for name, part in tool.parameters.items()}
    outputs = {name: part.description for name, part in tool.output_details.items()}
    yield from placeholder_names([*parameters, *outputs], tool.tool_name)
    yield from _empty({"tool_description": tool.tool_description}, "the tool")
    yield from _empty(parameters, "parameter", known=_bare)
    yield from _empty(outputs, "output", known=_bare)
    yield from _doubled_names(parameters)
    yield from _doubled_texts(parameters)
    for text in (tool.tool_description, tool.usage, *parameters.values(), *outputs.values(), *tool.error_messages):
        yield from placeholder_texts(text, tool.tool_name)


def signature_faults(signatures: Iterable[Signature]) -> Iterator[Fault]:
    """Yield what is poor about an environment's signatures: two that say the same are one tool."""
    purposes: dict[str, str] = {}
    for signature in signatures:
        yield from placeholder_names(
            [signature.tool_name, *signature.inputs, *signature.outputs], f"tool {signature.tool_name}"
        )
        yield from _empty({signature.tool_name: signature.purpose}, "the purpose of")
        said = _bare(signature.purpose)
        if said and said in purposes:
            yield Fault(
                "near_duplicate",
                f"{purposes[said]} and {signature.tool_name} have the same purpose; keep one of them",
            )
        purposes.setdefault(said, signature.tool_name)


def type_faults(kinds: Iterable[EntityType]) -> Iterator[Fault]:
    """Yield what is poor about entity types."""
    for kind in kinds:
        yield from placeholder_names([kind.name, *(part.name for part in kind.attributes)], f"type {kind.name}")
        for part in kind.attributes:
            yield from _empty({part.name: part.description}, f"{kind.collection}, attribute")
            yield from placeholder_texts(part.description, f"{kind.collection}.{part.name}")


def _nothing(_name: str) -> str:
    return ""


def _empty(descriptions: Mapping[str, str], what: str, known: Callable[[str], str] = _nothing) -> Iterator[Fault]:
    """Yield the descriptions that hold nothing, or not more than is `known` of the name.

    Attributes may say their name over again: `status`, with its values beside it, says all there is.
    """
    for name, text in descriptions.items():
        if _bare(text) in ("", known(name)):
            yield Fault("empty_description", f"{what} {name[:60]!r}: its description says nothing; say what it is")


def _doubled_names(parameters: Iterable[str]) -> Iterator[Fault]:
    for bare, uses in Counter(map(_bare, parameters)).items():
        if uses > 1:
            yield Fault("doubled_parameter", f"{uses} parameters are called {bare[:60]!r} in different spellings")


def _doubled_texts(parameters: Mapping[str, str]) -> Iterator[Fault]:
    said: dict[str, str] = {}
    for name, text in parameters.items():
        bare = _bare(text)
        if bare and bare in said:
            yield Fault(
                "doubled_parameter",
                f"parameters {said[bare]!r} and {name!r} have the same description; say what tells them apart",
            )
        said.setdefault(bare, name)


def _bare(text: str) -> str:
    """Return letters and digits only: spelling and punctuation say nothing."""
    return "".join(character for character in text.casefold() if character.isalnum())
