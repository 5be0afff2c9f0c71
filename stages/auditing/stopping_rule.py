"""When is enough tried? Wald's sequential test between a sound tool and a defective one, and Wilson's bound.

The test weighs every answer as it comes: a wrong one speaks for a defective tool by ln(q1 / q0), a right one for a
sound one by ln((1 - q0) / (1 - q1)). It ends as soon as one side outweighs the other by what the error rates ask for,
which takes 8 right answers in a row, or 2 wrong ones. A defect that shows in 40 % of calls is found with a probability
of about 0.97; of tools that err in 3 % of calls, 1 in 100 is lost.

Sources: A. Wald, Sequential tests of statistical hypotheses (1945); E. B. Wilson, Probable inference, the law of
succession, and statistical inference (1927).
"""

from __future__ import annotations

import math

from synthtools_stream.values.wilson import wilson_bounds

__all__ = ["ACCEPT", "REJECT", "evidence", "wilson_lower_bound"]

ONE_SIDED_95 = 1.645
"""Standard deviations, which chance exceeds in 5 % of cases: one-sided, as only too few right answers count against."""
SOUND, DEFECTIVE = 0.05, 0.35
"""Shares of wrong answers: what a sound tool may have, and what is surely too much."""
MISSED, FALSE = 0.05, 0.02
"""Error rates aimed at: defective tools that pass, sound tools that are rejected."""
REJECT = math.log((1 - MISSED) / FALSE)
"""Logarithm of the odds above which a tool counts as defective."""
ACCEPT = math.log(MISSED / (1 - FALSE))
"""Logarithm of the odds below which it counts as sound."""


def evidence(wrong: int, right: int) -> float:
    """Return how much the answers speak for a defective tool; below ACCEPT it is sound, above REJECT it is not."""
    return wrong * math.log(DEFECTIVE / SOUND) - right * math.log((1 - SOUND) / (1 - DEFECTIVE))


def wilson_lower_bound(successes: float, trials: int, z: float = ONE_SIDED_95) -> float:
    """Return the lower end of the Wilson score interval of a share; 0 where nothing was tried."""
    return wilson_bounds(successes, trials, z)[0]
