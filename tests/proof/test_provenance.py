"""Provenance: every way in which a value may be known, and none in which it may not."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.provenance import Grounds, find_all, find_provenance, leaf_pointers, provenance_problem
from synthtools_stream.records import Parameter, Provenance
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.value_search import Quoted, find_value, is_said
from tests.proof.freight import NOTIFY, SEARCH, world

ANY = Parameter(type="string")
GROUNDS = Grounds(
    ["Order 3 boxes by 16 March 2026 for BK-2041, out for delivery, please; it is urgent.", "Double that."],
    [{"prices": [{"sku": "A-1", "price": 12.5}, {"sku": "A-2", "price": 40}], "total": 52.5, "note": "Castor"}],
    world(),
)


@pytest.mark.parametrize(
    ("text", "value", "quote", "normaliser"),
    [
        ("take BK-2041.", "BK-2041", "BK-2041", None),
        ("take bk-2041", "BK-2041", "bk-2041", "case"),
        ("send it out for delivery", "out_for_delivery", "out for delivery", "words"),
        ("pay 1,200 EUR", 1200, "1,200", "number"),
        ("pay 1 200.50 now", 1200.5, "1 200.50", "number"),
        ("12 of them", 12.0, "12", "number"),
        ("use 12kg", 12, "12kg", "unit"),
        ("Twelve of them", 12, "Twelve", "number"),
        ("by -4 degrees", -4, "-4", None),
        ("on 2026-03-16", "2026-03-16", "2026-03-16", None),
        ("on 16 March 2026", "2026-03-16", "16 March 2026", "date"),
        ("on March 16, 2026", "2026-03-16", "March 16, 2026", "date"),
        ("on Mar 16th 2026", "2026-03-16", "Mar 16th 2026", "date"),
        ("on 16 March 2026 at 9:30", "2026-03-16T09:30:00", "16 March 2026 at 9:30", "date"),
        ("tomorrow", "2026-03-11", "tomorrow", "relative_date"),
        ("in three days", "2026-03-13", "in three days", "relative_date"),
    ],
)
def test_values_are_found_in_words(text: str, value: Json, quote: str, normaliser: str | None) -> None:
    """A value is recognised in each of its usual forms, and quoted as it stands there."""
    assert find_value(text, value, "2026-03-10T09:00:00") == Quoted(quote, normaliser)
    assert quote in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("take BK-20415", "BK-2041"),
        ("take BK-2041-2", "BK-2041"),
        ("take BK-2041", 2041),
        ("on 2026-03-16", 16),
        ("version 1.12", 12),
        ("pay 1,200", 200),
        ("someone", 1),
        ("on 16 March 2027", "2026-03-16"),
        ("the day after tomorrow", "2026-03-11"),
        ("yes", True),
        ("", ""),
    ],
)
def test_lookalikes_are_not_found(text: str, value: Json) -> None:
    """Parts of longer ids, numbers and dates are no values."""
    assert find_value(text, value, "2026-03-10T09:00:00") is None


@pytest.mark.parametrize(
    ("value", "said", "unsaid"),
    [
        (True, "Yes, it is.", "No."),
        (False, "It isn't.", "Yes."),
        (None, "There is none.", "It is BK-1."),
        (["a", 2], "a and two", "a"),
        ({"x": "2026-03-16"}, "March 16, 2026", "16 May 2026"),
        (10 / 3, "3.33", "3.4"),
        ("in_transit", "it is In Transit", "it is delivered"),
    ],
)
def test_answers_are_heard_in_words(value: Json, said: str, unsaid: str) -> None:
    """An answer counts as told when each leaf of it is."""
    assert is_said(said, value)
    assert not is_said(unsaid, value)


@pytest.mark.parametrize(
    ("value", "said", "unsaid"),
    [
        (
            "T15:00:00",
            ["15:00", "at 3:00 PM", "at 3 pm", "at 3 p.m.", "at 03:00 pm"],
            ["3:00", "3 am", "15:01", "3:30 pm"],
        ),
        ("T09:30:00", ["9:30", "at 09:30 AM", "at 9:30 a.m."], ["9:30 PM", "9 am", "9:30 p.m."]),
        ("T12:00:00", ["12:00", "at noon", "12:00 PM"], ["12:00 AM", "midnight"]),
        ("T00:00:00", ["00:00", "at midnight", "12:00 a.m."], ["12:00", "noon"]),
        ("T15:00:07", ["15:00:07", "at 3:00:07 pm"], ["15:00", "3 pm"]),
    ],
)
def test_times_are_heard_by_either_clock(value: str, said: list[str], unsaid: list[str]) -> None:
    """A time of day may be told with 24 hours or twice 12; which half of the day it is always counts."""
    for time in said:
        assert is_said(f"It is due 14 May 2026 {time}.", f"2026-05-14{value}"), time
    assert is_said(f"It is due {said[1].removeprefix('at ')} on 14 May 2026.", f"2026-05-14{value}")
    for time in unsaid:
        assert not is_said(f"It is due 14 May 2026 {time}.", f"2026-05-14{value}"), time


@pytest.mark.parametrize(
    ("value", "parameter", "declared", "expected"),
    [
        ("BK-2041", ANY, None, {"kind": "user", "turn": 0, "quote": "BK-2041"}),
        (3, ANY, None, {"kind": "user", "turn": 0, "quote": "3"}),
        ("A-2", ANY, None, {"kind": "response", "step": 0, "pointer": "/prices/1/sku"}),
        (52.5, ANY, None, {"kind": "response", "step": 0, "pointer": "/total"}),
        (9, Parameter(type="integer", default=9), None, {"kind": "default"}),
        (
            105,
            ANY,
            {"kind": "derived", "formula": "product", "inputs": ["0#/total", "Double"]},
            None,
        ),
        (
            37.5,
            ANY,
            {"kind": "derived", "formula": "product", "inputs": ["3 boxes", "0#/prices/0/price"]},
            {
                "kind": "derived",
                "formula": "product",
                "inputs": [
                    {"kind": "user", "turn": 0, "quote": "3"},
                    {"kind": "response", "step": 0, "pointer": "/prices/0/price"},
                ],
                "values": [3, 12.5],
            },
        ),
        (2, ANY, {"kind": "derived", "formula": "count", "inputs": ["0#/prices"]}, {"kind": "derived"}),
        (
            "2026-03-19",
            ANY,
            {"kind": "derived", "formula": "add_days", "inputs": ["16 March 2026", "3 boxes"]},
            None,
        ),
        (True, Parameter(type="boolean"), {"kind": "choice", "quote": "it is urgent"}, {"kind": "choice", "turn": 0}),
        (True, Parameter(type="boolean"), None, None),
        (True, Parameter(type="boolean"), {"kind": "choice", "quote": "not said"}, None),
        ("sms", Parameter(type="string", enum=["sms"]), {"kind": "choice", "quote": "please"}, {"kind": "choice"}),
        (7, Parameter(type="integer", enum=[7]), {"kind": "choice", "quote": "please"}, None),
        ("VS-77", Parameter(type="string", enum=["VS-77"]), {"kind": "choice", "quote": "please"}, None),
        ("free words", ANY, {"kind": "choice", "quote": "please"}, None),
        ("Castor takes your 3 boxes of BK-2041.", ANY, {"kind": "text"}, {"kind": "text"}),
        ("We hope that Castor is fine.", ANY, {"kind": "text"}, {"kind": "text"}),
        ("Your 4 boxes come soon.", ANY, {"kind": "text"}, None),
        ("They come with Pollux soon.", ANY, {"kind": "text"}, None),
        ("Pollux", ANY, {"kind": "text"}, None),
        ("See BK-9999 for more.", ANY, {"kind": "text"}, None),
        ("VS-77", ANY, {"kind": "text"}, None),
        ("2026-05-05", ANY, {"kind": "text"}, None),
        ("unknown", ANY, None, None),
        ("VS-77", ANY, {"kind": "response", "step": 0, "pointer": "/note"}, None),
    ],
)
def test_each_value_has_its_proof(
    value: Json, parameter: Parameter, declared: dict[str, Json] | None, expected: dict[str, Json] | None
) -> None:
    """The strongest proof is found, only what is declared may be judged, and what is found passes its check."""
    grounding = Grounding.model_validate({"argument": "/x", **declared}) if declared else None
    proof = find_provenance(value, "/x", GROUNDS, parameter, grounding)
    if expected is None:
        assert proof is None
        return
    assert proof is not None
    assert expected.items() <= proof.to_json().items()
    assert provenance_problem(proof, value, "/x", GROUNDS, parameter) is None


@pytest.mark.parametrize(
    "proof",
    [
        {"kind": "user", "turn": 1, "quote": "BK-2041"},
        {"kind": "user", "turn": 9, "quote": "BK-2041"},
        {"kind": "user", "turn": 0, "quote": "BK-20"},
        {"kind": "user", "turn": 0, "quote": "BK-2041", "normaliser": "case"},
        {"kind": "user", "turn": 0, "quote": "BK-2041", "step": 0},
        {"kind": "response", "step": 0, "pointer": "/note"},
        {"kind": "response", "step": 0, "pointer": "/nowhere"},
        {"kind": "response", "step": 5, "pointer": "/note"},
        {"kind": "response", "step": -1, "pointer": "/note"},
        {"kind": "default"},
        {"kind": "derived", "formula": "sum", "inputs": [], "values": []},
        {"kind": "derived", "formula": "eval", "inputs": [{"kind": "user", "turn": 0, "quote": "3"}], "values": [3]},
        {"kind": "choice", "turn": 0, "quote": "please"},
        {"kind": "text"},
    ],
)
def test_false_proofs_are_refused(proof: dict[str, Json]) -> None:
    """A recorded provenance is believed only where code finds it to hold."""
    assert provenance_problem(Provenance.model_validate(proof), "BK-2041", "/x", GROUNDS, ANY) is not None


def test_every_leaf_is_accounted_for() -> None:
    """Each leaf of nested arguments is proven, to be judged, or named as ungrounded."""
    arguments: dict[str, Json] = {"a/b": [{"x~y": 1}, []], "c": {}}
    assert [leaf.pointer for leaf in leaf_pointers(arguments)] == ["/a~1b/0/x~0y", "/a~1b/1", "/c"]
    call = Call("NotifyShipper", {"booking_id": "BK-2041", "channel": "sms", "text": "It is urgent now."})
    found = find_all(call, NOTIFY, GROUNDS, [Grounding(argument="/text", kind="text")])
    assert list(found.provenance) == ["/booking_id", "/text"]
    assert found.to_judge == ["/text"]
    assert len(found.ungrounded) == 1
    assert found.ungrounded[0].startswith("/channel = 'sms'")
    assert find_all(Call("SearchVessels", {}), SEARCH, GROUNDS).provenance == {}
