"""Provenance: every way in which a value may be known, and none in which it may not."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_check import provenance_problem
from synthtools_stream.proof.grounded.provenance_search import find_all, find_provenance
from synthtools_stream.records import Parameter, Provenance
from synthtools_stream.roles.evolution_roles import Grounding
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.json_pointers import leaf_pointers
from synthtools_stream.values.jsontypes import Json
from tests.proof.freight import NOTIFY, SEARCH, world

ANY = Parameter(type="string")


GROUNDS = Grounds(
    ["Order 3 boxes by 16 March 2026 for BK-2041, out for delivery, please; it is urgent.", "Double that."],
    [{"prices": [{"sku": "A-1", "price": 12.5}, {"sku": "A-2", "price": 40}], "total": 52.5, "note": "Castor"}],
    world(),
)


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
            {"kind": "derived", "formula": "product", "values": [52.5, 2]},
        ),
        (
            157.5,
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
