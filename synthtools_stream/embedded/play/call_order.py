"""Whether the order of two calls matters: what one writes, the other reads or writes."""

from __future__ import annotations

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.play.made_call import Made
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["must_follow"]


def must_follow(first: Made, second: Made) -> bool:
    """Say whether `second` comes to something else when it is made before `first`."""
    mine, other = _touched(first.tool), _touched(second.tool)
    shared = (mine["writes"] & (other["reads"] | other["writes"])) | (other["writes"] & mine["reads"])
    return bool(shared) and not _apart(first, second)


def _touched(tool: JsonObject) -> dict[str, set[str]]:
    effects = tool.get("effects")
    told = effects if isinstance(effects, dict) else {}
    return {
        name: {str(one) for one in part} if isinstance(part := told.get(name), list) else set[str]()
        for name in ("reads", "writes")
    }


def _apart(first: Made, second: Made) -> bool:
    """Each is about an entity of its own, which it names; or both only make something new."""
    if first.reading.operation is Operation.create and second.reading.operation is Operation.create:
        return True
    return all(made.reading.operation is not Operation.search for made in (first, second)) and not (
        _ids(first) & _ids(second)
    )


def _ids(made: Made) -> set[str]:
    taken = (made.arguments.get(meaning.parameter) for meaning in made.reading.meanings if meaning.takes_id)
    shown = (value for value in made.response.values())
    return {value for value in (*taken, *shown) if isinstance(value, str)}
