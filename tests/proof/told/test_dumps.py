"""Dumps: where a small answer ends and a copied response begins."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.told.dumps import without_dumps
from synthtools_stream.proof.told.knowledge import Knowledge
from tests.proof.freight import proven

KNOWN = Knowledge(proven())


@pytest.mark.parametrize(
    "message", ['{"count": 1}', '```json\n{"count":1}\n```', '{"count": 1, "booking_id": "BK-2041"}']
)
def test_small_json_is_an_answer(message: str) -> None:
    """An object of what was asked, and of ids, is read as lines."""
    assert "count: 1" in without_dumps(message, KNOWN)


@pytest.mark.parametrize(
    "message",
    [
        '{"vessels": [{"vessel_id": "VS-81", "name": "Castor", "eta": "2026-03-16"}], "count": 1}',
        "{'vessels': [{'vessel_id': 'VS-81', 'name': 'Castor', 'eta': '2026-03-16'}], 'count': 1}",
        '[{"count": 1}, {"notice_id": "N-1001", "booking_id": "BK-2041"}]',
        '[{"name": "Castor", "eta": "2026-03-16"}, {"count": 1, "na',
        "vessel_id: VS-81\nname: Castor\neta: 2026-03-16\nnotice_id: N-1001\nbooking_id: BK-2041\ncount: 1",
        "SearchVessels(arrive_by='2026-03-16', min_capacity=1)",
    ],
)
def test_what_is_copied_tells_nothing(message: str) -> None:
    """A response, in whatever notation, cut off or not, leaves nothing to be heard."""
    assert "1" not in without_dumps(message, KNOWN).replace("VS-81", "")


def test_brackets_without_end_cost_little() -> None:
    """Whatever a model sends is read in bounded time."""
    assert without_dumps("[" * 20_000, KNOWN) == "[" * 20_000


def test_prose_beside_a_dump_is_heard() -> None:
    """Who tells the answer and adds the response has told it."""
    told = without_dumps('There is 1 vessel.\n```json\n{"vessels": [{"name": "Castor"}], "count": 1}\n```', KNOWN)
    assert told.strip() == "There is 1 vessel."
