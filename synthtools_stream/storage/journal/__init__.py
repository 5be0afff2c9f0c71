"""Outcomes and replies on append logs, and the index from which a run is resumed."""
