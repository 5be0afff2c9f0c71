"""Flow control for one event loop; it knows nothing of what flows.

`channel` bounds what lies between two stages, `credits` what is alive at all; `admission_gate` bounds how many requests
one endpoint gets, `request_order` says which of them is next, and `adaptive_limit` steers their number by the load. All
are fair (first come, first served, where not said otherwise), safe under cancellation, and not safe across threads.

Belongs here: what bounds, orders or holds back anything that flows, whatever it is.

Does not: anything that knows an item, a stage's work, a model, a server or a log; what joins items again
(`engine/fan_in.py`), because it knows outcomes.

May import: nothing of ours.
"""

from __future__ import annotations

from queues.adaptive_limit import AdaptiveLimit
from queues.admission_gate import AdmissionGate, GateClosed, GateStatistics
from queues.channel import Channel, ChannelStatistics, ClosedChannel, EndOfStream, Inlet, Outlet, open_channel
from queues.credits import CreditPool, Lease
from queues.load_signals import FixedLimit, LimitChange, LimitDecision, LimitPolicy, LoadSignal

__all__ = [
    "AdaptiveLimit",
    "AdmissionGate",
    "Channel",
    "ChannelStatistics",
    "ClosedChannel",
    "CreditPool",
    "EndOfStream",
    "FixedLimit",
    "GateClosed",
    "GateStatistics",
    "Inlet",
    "Lease",
    "LimitChange",
    "LimitDecision",
    "LimitPolicy",
    "LoadSignal",
    "Outlet",
    "open_channel",
]
