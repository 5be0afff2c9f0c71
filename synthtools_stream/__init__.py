"""Synthetic tools, proven tool-use tasks and judged trajectories from one streaming engine."""
