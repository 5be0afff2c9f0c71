"""Which attributes may be volatile: the verdict compares none of them, so that they must hold nothing that counts.

Free wording is all that two correct runs may fill differently. An id, a link, an amount, a date or a value of a closed
set is the same in both, and few attributes of a type are wording.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.records.blueprint import Attribute, EntityType

__all__ = ["volatile_problems"]

_ONE_IN = 3
"""At most one attribute in so many is volatile, or one where a type has fewer: a notice has link, channel, text."""


def volatile_problems(kind: EntityType) -> Iterator[str]:
    """Yield what is wrong with the attributes of a type that are never compared."""
    volatile = [attribute for attribute in kind.attributes if attribute.volatile]
    for attribute in volatile:
        reason = _counts(attribute)
        if reason is not None:
            yield f"{kind.collection}.{attribute.name} {reason}, and may not be volatile: only free wording may"
    if len(volatile) > max(1, len(kind.attributes) // _ONE_IN) or len(volatile) == len(kind.attributes):
        yield (
            f"{len(volatile)} of {len(kind.attributes)} attributes of {kind.collection} are volatile; at most one in"
            f" {_ONE_IN} may be, and never all"
        )


def _counts(attribute: Attribute) -> str | None:
    """Return why what an attribute holds is the same in every correct run, if it is."""
    if attribute.type != "string":
        return f"is of type {attribute.type}"
    if attribute.enum:
        return "has a closed set of values"
    if attribute.format:
        return f"is a {attribute.format}"
    if attribute.references:
        return f"refers to {attribute.references}"
    return "is an id" if attribute.name == "id" or attribute.name.endswith("_id") else None
