"""Tools that somebody has: an OpenAPI 3 document, or what an MCP server answers to `tools/list`.

Belongs here: reading such files, and parting them into environments; each kind of document in a module of its own.

Does not: how one tool's schema is read (`storage.datasets`); what is inferred of the tools (`stages`).

May import: `errors`, `records`, `storage.datasets`, `values`.
"""
