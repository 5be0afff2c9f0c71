"""The schedule of an audit: which probe is run when, and how many before what they answered is weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from stages.auditing.probe_trial import Trial

__all__ = ["looks"]

FIRST_LOOK = 5
"""Runs, for each probe a mode, before anything is weighed: of two a mode ten, and eight right ones decide."""
NEXT_LOOK = 3
"""Runs, for each probe a mode, between looks after that: a few more mostly decide, and all run at once."""


def looks(trials: Sequence[Trial], repeats: int, per_mode: int) -> Iterator[list[tuple[Trial, int]]]:
    """Yield what is run at once, as trials and repeat numbers, until every probe was run `repeats` times."""
    waiting = _in_order(trials, repeats)
    look = list(islice(waiting, FIRST_LOOK * per_mode))
    while look:
        yield look
        look = list(islice(waiting, NEXT_LOOK * per_mode))


def _in_order(trials: Sequence[Trial], repeats: int) -> Iterator[tuple[Trial, int]]:
    """Yield what to run, in order: every probe once, then every probe again.

    Two that must succeed come before each that must not, for a success can go wrong in more ways; those that must not
    are taken from their modes in turn.
    """
    succeed = [trial for trial in trials if trial.probe.expected_status == 200]
    refused = [trial for trial in trials if trial.probe.expected_status != 200]
    modes = list(dict.fromkeys(trial.probe.mode for trial in refused))
    columns = [[trial for trial in refused if trial.probe.mode == mode] for mode in modes]
    turns = [trial for row in zip_longest(*columns) for trial in row if trial is not None]
    for repeat in range(repeats):
        for row in zip_longest(succeed[::2], succeed[1::2], turns):
            yield from ((trial, repeat) for trial in row if trial is not None)
