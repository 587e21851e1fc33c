"""The placement MILP as integer arrays: data, constraint families, limits, objective (docs and notation: build.py)."""
