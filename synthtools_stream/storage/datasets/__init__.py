"""Datasets: the projector that writes ours from the journal, and the tolerant reader of anybody's."""
