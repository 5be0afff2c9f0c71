"""OpenAI-compatible servers of others: asking them, reading what they refuse, and bearing what they do.

`http_endpoint` sends one request once, in the server's `dialect` and within its `reply_time`; `answer_body` reads what
came, `network_faults` and `refusals` say what a failure means. `gated_model` waits for a slot, `balancer` chooses an
endpoint and retries by its `retry_policy`, `load_watch` reads `/metrics`, `server_probe` finds out what a server is.

Belongs here: what we do about a server that is slow, full, flaky, away or odd.

Does not: bodies of requests and replies (`chat/`), slots and limits (`queues/`), serving ourselves (`serving/`), which
servers a run has (`assembly/shared_servers.py`).

May import: `chat`, `errors`, `queues`, `values`.
"""
