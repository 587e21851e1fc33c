"""The gate in CI, between verdicts and the exit code: waivers, baseline, comparison, and which rules are asked for."""
