"""Forged worlds: every kind of lie about the world that a coded task's row can be made to tell, its parts agreeing.

Each takes the row of `coded_task`, alters what the lie needs altered (responses, changes, both states, answers), and is
certified or sealed anew by whoever tries it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify, seal
from synthtools_stream.records import Task
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.coded_task import coded

__all__ = ["FORGED", "Forgery", "forged"]

SEARCH, MOVE, CONFIRM, LIST, NOTIFY = range(5)


class Forgery(NamedTuple):
    """A lie, whether the row still proves without execution, and what execution says of it."""

    edit: Callable[[Any], object]
    passes_unexecuted: bool
    told: str


def forged(edit: Callable[[Any], object]) -> Task:
    """Return the task as forged: its certificate made anew, where it can be, or only sealed anew."""
    row: Any = copy.deepcopy(coded().to_json())
    edit(row)
    for answer in row["answer"]:
        answer["value"] = resolve(row["steps"][answer["step"]]["response"], answer["pointer"])
    task = Task.model_validate(row)
    try:
        return task.model_copy(update={"certificate": certify(task)})
    except Rejection:
        return seal(task)


def _states(row: Any) -> tuple[Any, Any]:
    return row["initial_state"], row["final_state"]


def _bookings(row: Any) -> Any:
    return row["steps"][LIST]["response"]


def _left_out(row: Any) -> None:
    _bookings(row)["bookings"].pop(0)
    _bookings(row)["count"] = 1


def _left_out_but_counted(row: Any) -> None:
    _bookings(row)["bookings"].pop(0)


def _nothing_found(row: Any) -> None:
    _bookings(row).update(bookings=[], count=0)


def _another_found(row: Any) -> None:
    vessel: JsonObject = {"name": "Dora", "eta": "2026-03-15", "capacity_left": 30}
    for state in _states(row):
        state["vessels"]["VS-90"] = dict(vessel)


def _order_reversed(row: Any) -> None:
    _bookings(row)["bookings"].reverse()


def _shown_in_another_order(row: Any) -> None:
    _another_found(row)
    shown: JsonObject = {"vessel_id": "VS-90", "name": "Dora", "eta": "2026-03-15"}
    row["steps"][SEARCH]["response"]["vessels"].append(shown)
    row["steps"][SEARCH]["response"]["count"] = 2


def _one_too_many(row: Any) -> None:
    for state in _states(row):
        state["bookings"]["BK-2060"] = {
            "shipper": "Sol",
            "status": "requested",
            "vessel_id": "VS-77",
            "containers": 2,
        }
    shown = {"booking_id": "BK-2060", "shipper": "Sol", "status": "requested", "containers": 2}
    _bookings(row)["bookings"].append(shown)
    _bookings(row)["count"] = 3


def _side_effect_omitted(row: Any) -> None:
    row["steps"][CONFIRM]["changes"].pop(1)
    row["final_state"]["vessels"]["VS-81"]["capacity_left"] = 40
    row["steps"][CONFIRM]["response"]["capacity_left"] = 40


def _side_effect_added(row: Any) -> None:
    row["steps"][CONFIRM]["changes"][0]["attributes"]["containers"] = 5
    row["final_state"]["bookings"]["BK-2057"]["containers"] = 5
    _bookings(row)["bookings"][1]["containers"] = 5


def _wrong_target(row: Any) -> None:
    row["steps"][CONFIRM]["changes"][1]["id"] = "VS-77"
    row["final_state"]["vessels"]["VS-81"]["capacity_left"] = 40
    row["final_state"]["vessels"]["VS-77"]["capacity_left"] = 36


def _wrong_sum(row: Any) -> None:
    row["steps"][CONFIRM]["changes"][1]["attributes"]["capacity_left"] = 35
    row["steps"][CONFIRM]["response"]["capacity_left"] = 35
    row["final_state"]["vessels"]["VS-81"]["capacity_left"] = 35


def _changes_swapped(row: Any) -> None:
    row["steps"][CONFIRM]["changes"].reverse()


def _clock_moved(row: Any) -> None:
    for state in _states(row):
        state["clock"]["now"]["value"] = "2126-03-10T09:00:00"


def _status_broken(row: Any) -> None:
    row["initial_state"]["bookings"]["BK-2057"]["status"] = "cancelled"


def _no_room(row: Any) -> None:
    for state in _states(row):
        state["bookings"]["BK-2057"]["containers"] = 41
    _bookings(row)["bookings"][1]["containers"] = 41
    _bookings(row)["bookings"].reverse()


def _arrived_already(row: Any) -> None:
    for state in _states(row):
        state["vessels"]["VS-81"]["eta"] = "2026-03-09"
    row["steps"][SEARCH]["response"]["vessels"][0]["eta"] = "2026-03-09"


def _arrives_too_late(row: Any) -> None:
    for state in _states(row):
        state["vessels"]["VS-81"]["eta"] = "2026-03-17"
    row["steps"][SEARCH]["response"]["vessels"][0]["eta"] = "2026-03-17"


def _other_text(row: Any) -> None:
    text = "Your booking now sails with Hanna."
    row["steps"][NOTIFY]["changes"][0]["attributes"]["text"] = text
    row["final_state"]["notices"]["N-1001"]["text"] = text


def _renumbered(row: Any) -> None:
    row["steps"][NOTIFY]["changes"][0]["id"] = "N-1007"
    row["steps"][NOTIFY]["response"]["notice_id"] = "N-1007"
    row["final_state"]["notices"] = {"N-1007": row["final_state"]["notices"].pop("N-1001")}


def _count_of_its_own(row: Any) -> None:
    _bookings(row)["count"] = 7


def _key_more(row: Any) -> None:
    row["steps"][MOVE]["response"]["former_vessel_id"] = "VS-77"


def _key_less(row: Any) -> None:
    del row["steps"][SEARCH]["response"]["vessels"][0]["name"]


def _sees_less(row: Any) -> None:
    tool = next(tool for tool in row["tools"] if tool["tool_name"] == "ConfirmBooking")
    tool["effects"]["writes"] = ["bookings", "vessels", "notices"]
    tool["effects"]["reads"] = []
    search = next(tool for tool in row["tools"] if tool["tool_name"] == "SearchVessels")
    search["effects"]["reads"] = []


def _programmed(tool_name: str, old: str, new: str) -> Callable[[Any], None]:
    def edit(row: Any) -> None:
        programs = row["meta"]["programs"]
        assert old in programs[tool_name]
        programs[tool_name] = programs[tool_name].replace(old, new)

    return edit


def _programs_swapped(row: Any) -> None:
    programs = row["meta"]["programs"]
    programs["MoveBooking"], programs["ConfirmBooking"] = programs["ConfirmBooking"], programs["MoveBooking"]


FORGED: dict[str, Forgery] = {
    "a match not shown": Forgery(_left_out, True, "step 3: its program responds"),
    "a match left out of the list, not of the count": Forgery(_left_out_but_counted, False, "step 3: its program resp"),
    "nothing found": Forgery(_nothing_found, True, "step 3: its program responds"),
    "a match added to the world": Forgery(_another_found, True, "step 0: its program responds"),
    "shown what does not match": Forgery(_one_too_many, True, "step 3: its program responds"),
    "wrong order": Forgery(_order_reversed, False, "step 3: its program responds"),
    "an order of which no words speak": Forgery(_shown_in_another_order, True, "step 0: its program responds"),
    "wrong count": Forgery(_count_of_its_own, False, "step 3: its program responds"),
    "a side effect omitted": Forgery(_side_effect_omitted, True, "step 2: its program responds"),
    "a side effect added": Forgery(_side_effect_added, True, "step 2: its program makes the changes"),
    "wrong target": Forgery(_wrong_target, False, "step 2: its program makes the changes"),
    "wrong sum": Forgery(_wrong_sum, True, "step 2: its program responds"),
    "changes in another order": Forgery(_changes_swapped, True, "step 2: its program makes the changes"),
    "the clock moved a century": Forgery(_clock_moved, False, "step 2: its program answers 400: EtaPast"),
    "a status that its rule refuses": Forgery(_status_broken, False, "step 2: its program answers 400: NotRequested"),
    "a number that its rule refuses": Forgery(_no_room, True, "step 2: its program answers 400: NoRoom"),
    "a date that its rule refuses": Forgery(_arrived_already, True, "step 2: its program answers 400: EtaPast"),
    "shown past the date asked for": Forgery(_arrives_too_late, True, "step 0: its program responds"),
    "another text written": Forgery(_other_text, True, "step 4: its program makes the changes"),
    "minted ids renumbered": Forgery(_renumbered, True, "step 4: its program responds"),
    "a key more in a response": Forgery(_key_more, False, "step 1: its program responds"),
    "a key less in a response": Forgery(_key_less, True, "step 0: its program responds"),
    "a tool that sees less of the world": Forgery(_sees_less, False, "step 0: raised: KeyError"),
    "a program that sorts otherwise": Forgery(
        _programmed("ListBookings", '"containers", True', '"containers", False'), True, "step 3: its program responds"
    ),
    "a program without a rule's effect": Forgery(
        _programmed("ConfirmBooking", 'vessel["capacity_left"] - booking["containers"]', 'vessel["capacity_left"]'),
        True,
        "step 2: its program responds",
    ),
    "a program of another tool": Forgery(_programs_swapped, False, "step 1: "),
}
"""By kind."""
