"""Findings in GPUs: how many of each accelerator are too many, too few, or would still fit. Exact integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..check import Finding
from ..domain.catalogue import Catalogue
from ..limits import Limit, Selection, Sense


def _covers(outer: Selection, inner: Selection) -> bool:
    """Whether all that `inner` selects is selected by `outer` too, as far as the selections tell."""
    pairs = (
        (outer.countries, inner.countries),
        (outer.authorizations, inner.authorizations),
        (outer.sites, inner.sites),
        (outer.consignee_parents, inner.consignee_parents),
    )
    if any(wide is not None and (narrow is None or not narrow <= wide) for wide, narrow in pairs):
        return False
    return outer.received_from is None or outer.received_from == inner.received_from


def _weight(limit: Limit) -> int:
    """What one TPP in the measured account changes in q x measured - p x base."""
    in_base = limit.base is not None and _covers(limit.base.selection, limit.measured.selection)
    return limit.share.denominator - (limit.share.numerator if in_base else 0)


def _needed(excess: int, weight: int, names: Iterable[str], catalogue: Catalogue) -> dict[str, int]:
    """For each accelerator, the GPUs of it alone that make up `excess`."""
    return {name: -(-excess // (weight * catalogue[name].tpp)) for name in sorted(names)} if weight > 0 else {}


def too_many(finding: Finding, catalogue: Catalogue) -> Mapping[str, int]:
    """For a limit that is broken by too much: for each accelerator, the GPUs of it alone that would have to go.

    Accelerators of which fewer than that are there are left out; where nothing at all is allowed, all of them.
    """
    limit = finding.limit
    if finding.verdict != "fail" or limit.sense is Sense.AT_LEAST:
        return {}
    if limit.base is None and limit.fixed == 0:
        return {name: finding.gpus[name] for name in sorted(finding.gpus)}
    excess = limit.excess(finding.measured, finding.base)
    needed = _needed(excess, _weight(limit), finding.gpus, catalogue)
    return {name: count for name, count in needed.items() if count <= finding.gpus[name]}


def too_few(finding: Finding, catalogue: Catalogue) -> Mapping[str, int]:
    """For a floor that is broken: for each accelerator of the plan, the GPUs of it alone that are missing."""
    limit = finding.limit
    if finding.verdict != "fail" or limit.sense is Sense.AT_MOST:
        return {}
    excess = limit.excess(finding.measured, finding.base)
    return _needed(excess, _weight(limit), finding.gpus.keys() | finding.base_gpus.keys(), catalogue)


def room(finding: Finding, catalogue: Catalogue) -> Mapping[str, int]:
    """For a limit that is kept: for each accelerator concerned, the GPUs of it alone that would still fit.

    Under a floor these are GPUs elsewhere, which press on it. Empty where any number would fit.
    """
    limit = finding.limit
    if finding.verdict != "pass":
        return {}
    slack = -limit.excess(finding.measured, finding.base)
    if limit.sense is Sense.AT_MOST:
        weight, names = _weight(limit), finding.gpus.keys() or finding.base_gpus.keys()
    else:
        weight, names = limit.share.numerator, finding.base_gpus.keys()
    if weight <= 0:
        return {}
    return {name: slack // (weight * catalogue[name].tpp) for name in sorted(names)}
