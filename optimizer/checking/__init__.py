"""Parts of the checker: a plan's books, what cannot be judged, and the notes beside the verdicts."""
