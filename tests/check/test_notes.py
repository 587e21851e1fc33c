"""Notes on rows that may not mean what they say."""

from __future__ import annotations

from pathlib import Path

from optimizer.check import check
from optimizer.explain.sentences import note_text
from optimizer.reading import read_plan

HEAD = "fleetplan: plan/1\nfirm: {name: Test, headquarters: US, status: uveu}\nplacements:\n"


def notes(rows: str) -> list[str]:
    return [note_text(note) for note in check(read_plan(Path("plan.yaml"), stdin_text=HEAD + rows)).notes]


def test_a_bundled_site_in_another_country_than_the_table_is_noted() -> None:
    said = notes("  - {country: US, site: johor, accelerator: h100-sxm, gpus: 8}\n")
    assert any("johor lies in Malaysia" in note and "US" in note for note in said)


def test_a_site_of_its_country_or_unknown_to_the_table_is_not() -> None:
    rows = "  - {country: MY, site: johor, accelerator: h100-sxm, gpus: 8}\n"
    rows += "  - {country: US, site: our own hall, accelerator: h100-sxm, gpus: 800}\n"
    assert not any("lies in" in note for note in notes(rows))
