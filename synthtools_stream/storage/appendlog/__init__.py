"""The one writer and the one reader of append-only logs."""
