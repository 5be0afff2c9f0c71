"""Twist: how a variant differs from the proven task that it was derived from."""

from __future__ import annotations

from enum import StrEnum
from operator import not_

from pydantic import Field

from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Expected", "Twist", "VariantKind"]


class VariantKind(StrEnum):
    """What `meta.variant` says; of a task that is none, it says `base`."""

    distractors = "distractors"
    """More tools are offered, near ones that the task does not need."""
    renamed_tools = "renamed_tools"
    """Tools have other names, and their parameters another order."""
    transient_error = "transient_error"
    """One tool fails at its first call, and only then."""
    missing_tool = "missing_tool"
    """The tool of the last step is not offered."""
    irrelevant_request = "irrelevant_request"
    """Nothing that is offered has to do with the request."""
    missing_parameter = "missing_parameter"
    """The user holds back a value of the last step, and says so."""
    forbidden_request = "forbidden_request"
    """A rule of its tool forbids the last step, as the world stands."""


class Expected(StrEnum):
    """What an agent must come to."""

    done = "done"
    declined = "declined"
    """All but the last step is done, and the closing message says that this could not be."""
    asked = "asked"
    """Nothing is done of the last step, and the closing message asks for what was held back."""


class Twist(Record):
    """What was changed, so that code finds the base again and derives the variant anew."""

    expects: Expected = Expected.done
    step: int | None = None
    """The step of the base that cannot be done as things are."""
    pointer: str = Field(default="", exclude_if=not_)
    """Of that step's arguments: the one whose value is held back."""
    fails_once: str = Field(default="", exclude_if=not_)
    """The tool that fails at its first call."""
    names: dict[str, str] = Field(default_factory=dict, exclude_if=not_)
    """What each tool of the base is called here."""
    altered: list[str] = Field(default_factory=list[str], exclude_if=not_)
    """Collection, id and attribute of the initial state that has another value here."""
    refusal: JsonObject | None = None
    """`{"status_code", "error_message"}` with which the tool's program answers the last step."""
    base: JsonObject = Field(default_factory=dict)
    """What stands in the base, by column, where it is another; `programs` and `parallel` are of its `meta`."""
