"""Append-only logs: one writer, one reader, and what a crash may leave at their end.

`log_format` describes the lines, `log_writer` appends by `group_commit`, `log_reader` reads up to the last commit,
`torn_tail` tells what a crash left from damage, `log_replacement` puts a whole log in another's place. A long log lies
in `segments`, which `segmented_log` writes; full ones become a `sealed_log`; `log_file` and `record_lookup` read both.

Belongs here: how bytes become durable, and are known again to be what was written.

Does not: what a payload means: here it is one JSON value.

May import: `errors`, `values`.
"""
