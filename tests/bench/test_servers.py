"""The benchmark of many servers, tiny: ills befall who they should, and sends are counted as they were."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.server_farm import Ill, Shape
from synthtools_stream.bench.servers import Sends, main


def test_ills_are_the_first_ones() -> None:
    """The others are well."""
    shape = Shape(4, 2, 10.0, [Ill.dies, Ill.slow])
    assert [shape.ill(index) for index in range(4)] == [Ill.dies, Ill.slow, Ill.none, Ill.none]


def test_first_retries() -> None:
    """A retry at the same endpoint is no fail-over."""
    sends = Sends()
    sends.tried.update({1: [0], 2: [0, 1], 3: [0, 0, 1]})
    sends.homes["a"].update({0: 3, 1: 1})
    assert (sends.retried, sends.elsewhere, sends.at_home) == (2, 1, 0.75)


def test_a_farm_with_ills_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The servers that die and change are missed, and every request is answered elsewhere."""
    main(("--servers", "6", "--slots", "2", "--decode-tps", "800", "--seconds", "1.5", "--json"))
    figures = orjson.loads(capsys.readouterr().out)
    assert set(figures) == {"well", "sick"}
    assert set(figures["sick"]["busy"]) == set(Ill)
    assert figures["sick"]["lost"] == 0
    assert figures["sick"]["retried"] == figures["sick"]["first_retry_elsewhere"]
    assert figures["well"]["answered_per_s"] > 0
