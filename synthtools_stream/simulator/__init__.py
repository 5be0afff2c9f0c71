"""The tool runtime, one and the same for audit, evolution and rollout."""
