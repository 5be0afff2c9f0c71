"""The common ground of all records: frozen, tolerant of unknown keys when read, compact when written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Record"]


class Record(BaseModel):
    """A frozen pydantic model that turns itself into a JSON object and back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> JsonObject:
        """Return the record as a JSON object; absent (None) optional fields are left out.

        Fields that are JSON already stand in it as they are, not copied: like the record, they are not to be written.
        """
        as_is = _json_fields(type(self))
        row: JsonObject = self.model_dump(mode="json", exclude_none=True, exclude=as_is)
        if not as_is:
            return row
        here = self.__dict__
        row.update({name: here[name] for name in as_is if here[name] is not None})
        return {name: row[name] for name in here if name in row}

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """Build the record from a JSON object; raises pydantic.ValidationError."""
        return cls.model_validate(value)


_PLAIN: Sequence[object] = (JsonObject, JsonObject | None, list[JsonObject])
"""The types of fields that hold JSON as it came."""


@cache
def _json_fields(record: type[Record]) -> set[str]:
    """Name the fields that hold JSON: pydantic would look at the type of every value in them, which costs the most."""
    return {name for name, field in record.model_fields.items() if field.annotation in _PLAIN}
