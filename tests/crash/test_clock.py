"""A clock that is set back in the middle of a run changes nothing but the times that are written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count, pairwise
from pathlib import Path

import pytest

from synthtools_stream.engine import progress
from synthtools_stream.values.jsontypes import object_at
from tests.faults.faultkit import Told, run


async def test_clock_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress goes on in real time, rates stay positive and the run ends."""
    days = count()

    class Backwards(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 3, 14, tzinfo=tz) - timedelta(days=next(days))

    monkeypatch.setattr(progress, "datetime", Backwards)
    told = Told()
    summary = await run(tmp_path, told, progress_every_s=0.02)

    assert summary.failed == 0
    at = [datetime.fromisoformat(str(snapshot["at"])) for snapshot in told.snapshots]
    elapsed = [float(str(snapshot["elapsed_s"])) for snapshot in told.snapshots]
    assert len(at) > 3
    assert at[-1] < at[0] < datetime.now(UTC)
    assert all(earlier <= later for earlier, later in pairwise(elapsed))
    rates = [float(str(rate)) for snapshot in told.snapshots for rate in object_at(snapshot, "rates").values()]
    assert min(rates) >= 0
