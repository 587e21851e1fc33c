"""Findings and plans in words and in GPUs."""
