"""A run's figures for Prometheus, over HTTP, while it goes on.

`run_figures` is what there is to be told, `run_collector` its form (the one place that knows prometheus-client),
`metrics_server` the page.

Belongs here: names, labels and the page of figures that others collect.

Does not: counting (whoever does the work counts), snapshots for people (`engine/progress.py`), reading the figures of
model servers (`servers/load_watch.py`).

May import: `config`, `engine`, `errors`, `queues`, `storage`.
"""
