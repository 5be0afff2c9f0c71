"""Tools as code: what a program is, where it runs, and what it may do there.

A program is Python source with one function, `call(state, arguments, now)`, written by a model and never trusted: it
runs in the sandbox and nowhere else.

Belongs here: the contract, the sandbox and what programs are given there, and programs with a planted mistake.

Does not: whether a program does what its tool's words say (`stages.auditing`), what serves a call (`simulator`).

May import: `errors`, `roles`, `values`.
"""
