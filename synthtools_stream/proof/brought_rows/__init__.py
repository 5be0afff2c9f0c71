"""Certificates for rows that somebody brought, as far as they deserve one.

A row gets a whole certificate or none: what holds of the others, and what does not, is told, and claimed by no row.

Belongs here: what code can add to a row, finding out what holds of it, and going through a file of such rows.

Does not: what must hold (`proof.certificate`), and what may differ in brought rows (`proof.row_origin`).

May import: `errors`, `programs`, `proof`, `proof.grounded`, `records`, `simulator`, `state`, `storage`, `toolcalls`,
`values`.
"""
