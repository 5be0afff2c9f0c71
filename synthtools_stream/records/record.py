"""The common ground of all records: frozen, tolerant of unknown keys when read, compact when written."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Record"]


class Record(BaseModel):
    """A frozen pydantic model that turns itself into a JSON object and back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> JsonObject:
        """Return the record as a JSON object; absent (None) optional fields are left out."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """Build the record from a JSON object; raises pydantic.ValidationError."""
        return cls.model_validate(value)
