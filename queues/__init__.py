"""Flow control for one event loop; it knows nothing of what flows.

`channel` bounds what lies between two stages, `credits` what is alive at all, `gate` how many requests one endpoint
gets and in which order, and `adaptive` steers that number by the load; `gather` waits for all members of a group. All
are fair (first come, first served, where not said otherwise), safe under cancellation, and not safe across threads.
"""

from __future__ import annotations

from queues.adaptive_limit import AdaptiveLimit
from queues.admission_gate import AdmissionGate, GateClosed, GateStatistics
from queues.channel import Channel, ChannelStatistics, ClosedChannel, EndOfStream, Inlet, Outlet, open_channel
from queues.credits import CreditPool, Lease
from queues.keyed_gather import Gathered, KeyedGather, Member
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
    "Gathered",
    "Inlet",
    "KeyedGather",
    "Lease",
    "LimitChange",
    "LimitDecision",
    "LimitPolicy",
    "LoadSignal",
    "Member",
    "Outlet",
    "open_channel",
]
