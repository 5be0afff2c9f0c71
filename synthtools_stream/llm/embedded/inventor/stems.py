"""From a state to the act that leads into it: `cancelled` is entered by cancelling."""

from __future__ import annotations

import re

__all__ = ["verb_into"]

_IRREGULAR = {
    "sent": "send", "paid": "pay", "sold": "sell", "held": "hold", "built": "build", "cut": "cut", "made": "make",
    "given": "give", "taken": "take", "written": "write", "drawn": "draw", "withdrawn": "withdraw", "set": "set",
    "bought": "buy", "begun": "begin", "frozen": "freeze", "chosen": "choose", "found": "find", "lost": "lose",
    "worn": "wear", "shot": "shoot", "read": "read", "born": "bear", "fed": "feed", "hung": "hang", "put": "put",
}  # fmt: skip
_DROPS_E = re.compile(
    r"(?:[^aeiou][aeiou](?:[cszvg]|tch)|at|iz|is|ur|ir|us|ut|id|ud|ok|iv|rv|lv|ng|rg|dg|nc|rc|[bcdfgkptz]l|as|os|ov|ak|ot|ar)$"
)
_KEEPS = re.compile(
    r"(?:sh|ch|ss|ct|pt|nt|st|rt|ld|nd|rm|rn|ck|lt|x|w|y|ft|it|en|er|or|ok|ail|ain|oad|eat|eck|ead|ear|eal|eed|ean|et|el|al|ow|op)$"
)
_DOUBLED = re.compile(r"([bdgmnprt])\1$")
_STATIVE = re.compile(r"[a-z]+(?:ed)$")


def verb_into(state: str) -> str:
    """Return the imperative that brings a thing into `state`: `cancel`, or `mark as overdue` where no verb shows."""
    if state in _IRREGULAR:
        return _IRREGULAR[state]
    if " " in state or not _STATIVE.fullmatch(state) or len(state) < 5:
        return f"mark as {state}"
    stem = state[:-2]
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if stem.endswith("ll"):
        return stem if stem in {"fill", "fulfill", "bill", "install", "enroll", "pull", "call", "roll"} else stem[:-1]
    if _DOUBLED.search(stem):
        return stem[:-1]
    return _regular(stem, state)


_KNOWN = {
    stem: stem + "e"
    for stem in (
        "clos approv releas schedul archiv resolv receiv complet escalat activat suspend invoic stor remov retir "
        "prepar settl issu renew validat verifi publish quot pric stag replac reserv declin revis nam us describ "
        "licens queu trac lin rout tun acquir requir expir shar merg charg manag packag engag"
    ).split()
    if not stem.endswith(("suspend", "renew", "publish", "verifi"))
}


def _regular(stem: str, state: str) -> str:
    if stem in _KNOWN:
        return _KNOWN[stem]
    if _KEEPS.search(stem):
        return stem
    return stem + "e" if _DROPS_E.search(stem) else f"mark as {state}"
