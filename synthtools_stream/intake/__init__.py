"""Other people's files of tool use into rows of tasks, as far as they hold them.

`file_import` goes through a file: `source_rows` reads its rows, a format of `format_table` says what one tells of a
task (a `ToldTask`), and `written_row` makes seven columns of it.

Belongs here: what each format looks like, one module a format, and what is lacking in its rows.

Does not: tools as others write them, and files of rows (`storage.datasets`), whether a task is proven (`proof`), rows
for other people (the way out).

May import: `chat`, `errors`, `records`, `storage`, `toolcalls`, `values`.
"""
