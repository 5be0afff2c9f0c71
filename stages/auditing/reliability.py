"""Is a tool reliable? What its trials say so far, whether that decides, and the story of a tool that is not.

Two things must hold for a tool to pass. Over all answers, the sequential test must find it sound; and in every
applicable mode the Wilson lower bound must clear the floor, where a probe counts once, however often it was run, with
the share of its runs that were right.
"""

from __future__ import annotations

from collections.abc import Sequence

from stages.auditing.probe_trial import Trial
from stages.auditing.stopping_rule import ACCEPT, REJECT, evidence, wilson_lower_bound
from synthtools_stream.errors import Rejection
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Reliability"]


class Reliability:
    """What the trials of one tool say at this moment."""

    def __init__(self, trials: Sequence[Trial], floor: float) -> None:
        """`floor` is what each mode's lower bound must clear."""
        self._trials = trials
        self._floor = floor
        self._scored = [trial for trial in trials if trial.scored]
        self._modes: dict[str, list[Trial]] = {}
        for trial in self._scored:
            self._modes.setdefault(trial.probe.mode, []).append(trial)
        self._answers = sum(len(trial.scored) for trial in self._scored)
        self._wrong = self._answers - sum(sum(trial.scored) for trial in self._scored)
        self._weight = evidence(self._wrong, self._answers - self._wrong)

    @property
    def is_decided(self) -> bool:
        """Whether no further look is needed."""
        return self._weight >= REJECT or (self._weight <= ACCEPT and self._short_mode is None)

    @property
    def overall(self) -> float:
        """The share of scored probes answered well, each with the share of its runs."""
        return _mean([trial.share for trial in self._scored])

    @property
    def per_mode(self) -> dict[str, float]:
        """The same for each applicable mode."""
        return {mode: _mean([trial.share for trial in members]) for mode, members in self._modes.items()}

    @property
    def stability(self) -> float:
        """The share of scored probes whose runs agree."""
        return _mean([float(trial.stable) for trial in self._scored])

    def assert_enough(self) -> None:
        """Let a reliable tool pass.

        :raises Rejection: when nothing says that it can succeed ("unaudited"), or too much went wrong ("unreliable").
        """
        if "happy_path" not in self._modes:
            raise Rejection("unaudited", "no probe of the happy path could be scored")
        if self._short_mode is not None or self._weight >= 0:
            raise self._unreliable()

    @property
    def _short_mode(self) -> str | None:
        """The first applicable mode that does not clear the floor; a mode of which nothing was scored is not one."""
        return next((mode for mode in self._modes if self._bound(mode) < self._floor), None)

    def _bound(self, mode: str) -> float:
        members = self._modes[mode]
        return wilson_lower_bound(sum(trial.share for trial in members), len(members))

    def _unreliable(self) -> Rejection:
        """Return the rejection, with the worst probe as evidence."""
        short = self._short_mode
        worst = min(self._scored if short is None else self._modes[short], key=lambda trial: trial.share)
        mode = worst.probe.mode
        well = sum(trial.clean for trial in self._modes[mode])
        detail = f"{mode}: {well} of {len(self._modes[mode])} probes answered well"
        if short is not None:
            detail += f", lower bound {self._bound(short):.2f} below {self._floor:.2f}"
        detail += f"; in all modes {self._wrong} of {self._answers} answers were wrong"
        tried = sum(bool(trial.runs) for trial in self._trials)
        story: JsonObject = {"probe": worst.to_json(), "probes": tried, "answers": self._answers}
        return Rejection("unreliable", detail, evidence=story)


def _mean(shares: Sequence[float]) -> float:
    return round(sum(shares) / len(shares), 4) if shares else 0.0
