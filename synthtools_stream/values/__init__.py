"""Small values that every part of the house knows: JSON and places inside it, slugs, spans of time, bounds of a share.

Belongs here: a type or function of plain values that mostly has several users and no subject of its own.

Does not: whatever knows tasks, tools, states or models; those have packages of their own.

May import: `errors`.
"""
