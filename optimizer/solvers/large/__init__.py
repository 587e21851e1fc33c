"""Large scenarios: a linear master over load paths, openings by dive and neighbourhoods, whole units by a kernel."""
