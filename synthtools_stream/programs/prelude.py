"""What every program finds beside Python itself: short names for answers, changes and comparisons.

This file is read as text and run inside the sandbox before a program; it imports nothing of ours, and keeps to the
Python that the sandbox knows. `compare` and `order` settle what words leave open, once for all programs.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = [
    "above",
    "at_least",
    "at_most",
    "below",
    "compare",
    "create",
    "days_after",
    "delete",
    "fail",
    "given",
    "id_order",
    "minus",
    "money",
    "ok",
    "order",
    "pick",
    "plus",
    "rank",
    "same",
    "update",
]


def ok(response: dict[str, Any], changes: Any = ()) -> dict[str, Any]:
    """Return a success that tells `response` and makes `changes`."""
    return {"status_code": 200, "response": response, "changes": list(changes)}


def fail(status_code: int, error_message: str) -> dict[str, Any]:
    """Return a refusal: 404 for an absent id, 400 for a broken rule; a message is cut at 300 characters."""
    return {"status_code": status_code, "error_message": error_message[:300]}


def create(collection: str, attributes: dict[str, Any], number: int = 1) -> dict[str, Any]:
    """Return the change that makes an entity; its id is `$new<number>` until the runtime gives it one."""
    return {"op": "create", "collection": collection, "id": f"$new{number}", "attributes": attributes}


def update(collection: str, identifier: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the change that sets attributes of an entity; what they are already is dropped by the runtime."""
    return {"op": "update", "collection": collection, "id": identifier, "attributes": attributes}


def delete(collection: str, identifier: str) -> dict[str, Any]:
    """Return the change that removes an entity."""
    return {"op": "delete", "collection": collection, "id": identifier, "attributes": {}}


def given(arguments: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """Return `{attribute: argument}` for those of `{attribute: parameter}` that the call gives."""
    return {name: arguments[parameter] for name, parameter in parameters.items() if parameter in arguments}


def pick(entity: dict[str, Any], *attributes: str) -> dict[str, Any]:
    """Return those attributes of an entity, in that order."""
    return {name: entity.get(name) for name in attributes}


def compare(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 as `left` is below, equal to or above `right`; None where they cannot be compared.

    Numbers compare as numbers. Dates and moments compare as text, a moment with a date by its day. null and an empty
    text compare with nothing.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, str) and isinstance(right, str):
        size = min(len(left), len(right))
        if not size:
            return None
        left, right = left[:size], right[:size]
    elif not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        return None
    return -1 if left < right else 1 if left > right else 0


def below(left: Any, right: Any) -> bool:
    """Say whether `left` is less or earlier than `right`; null is neither below nor above anything."""
    return compare(left, right) == -1


def above(left: Any, right: Any) -> bool:
    """Say whether `left` is more or later than `right`; null is neither below nor above anything."""
    return compare(left, right) == 1


def at_least(left: Any, right: Any) -> bool:
    """Say whether `left` is `right` or more, or not earlier; null never is."""
    return compare(left, right) in (0, 1)


def at_most(left: Any, right: Any) -> bool:
    """Say whether `left` is `right` or less, or not later; null never is."""
    return compare(left, right) in (-1, 0)


def same(left: Any, right: Any) -> bool:
    """Say whether two values are one: texts whatever their case, numbers as numbers; null is like nothing."""
    if left is None or right is None:
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return bool(left == right)


def order(rows: Any, attribute: str | None = None, descending: bool = False, ranks: Any = ()) -> list[Any]:
    """Return `(id, attributes)` pairs sorted by an attribute: null last, ties by id, also where the order falls.

    Without an attribute they are sorted by id. `ranks` lists the values of a closed set from low to high.
    """
    by_id = sorted(rows, key=lambda row: id_order(row[0]))
    if attribute is None:
        return by_id
    known = [row for row in by_id if row[1].get(attribute) is not None]
    known.sort(key=lambda row: rank(row[1][attribute], ranks), reverse=descending)
    return known + [row for row in by_id if row[1].get(attribute) is None]


def rank(value: Any, ranks: Any = ()) -> Any:
    """Return what a value is sorted by: numbers by size, a closed set's by their place, texts whatever their case."""
    if isinstance(value, (int, float)):
        return (0, value, "")
    text = str(value)
    return (1, list(ranks).index(text), "") if text in ranks else (2, 0, text.casefold())


def id_order(identifier: str) -> Any:
    """Return what an id is sorted by: `BK-9` stands before `BK-10`."""
    head = identifier.rstrip("0123456789")
    digits = identifier[len(head) :]
    return (head, int(digits) if digits else -1, identifier)


def plus(number: Any, amount: Any) -> Any:
    """Return a sum to six places, without the dust of binary fractions; null as a number counts as 0."""
    return number if amount is None else round((number or 0) + amount, 6)


def minus(number: Any, amount: Any) -> Any:
    """Return a difference to six places, without the dust of binary fractions; null as a number counts as 0."""
    return number if amount is None else round((number or 0) - amount, 6)


def days_after(moment: Any, days: int) -> Any:
    """Return the date or moment that many days after another, in its form; null stays null."""
    if moment is None:
        return None
    return (date.fromisoformat(moment[:10]) + timedelta(days=days)).isoformat() + moment[10:]


def money(amount: float) -> float:
    """Return an amount to two places, a half rounded up."""
    return float(Decimal(str(amount)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
