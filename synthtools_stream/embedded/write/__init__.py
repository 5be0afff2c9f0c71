"""The writing half: a tool's text becomes a program, the reading that `play` plays call by call, as Python.

Belongs here: how each part of a reading (ids, rules, searches, changes, outputs) is said in Python, and what the
programmer's role is answered.

Does not: what a tool's text means (`read`), a call played without a program (`play`), where programs run (`programs`).

May import: `embedded`, `embedded.read`, `programs`, `values`.
"""

from __future__ import annotations

from synthtools_stream.embedded.write.program_writer import write_program
from synthtools_stream.embedded.write.programmer import misprogram, program

__all__ = ["misprogram", "program", "write_program"]
