"""vLLM in our process: the only place that knows vLLM."""
