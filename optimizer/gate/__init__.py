"""The gate in CI, between verdicts and the exit code: waivers, the baseline, the comparison, which rules are asked for."""
