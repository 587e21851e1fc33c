"""What each rule of the built-in regimes means, in plain words. No figure of the law stands here: see the data."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN: Mapping[str, str] = {
    "TIER301": (
        "No chip may be present in a Tier 3 country in any quarter, not even between two quarters' ends, whatever the"
        " authorization. A firm that is headquartered or owned in Tier 3 may place nothing anywhere. No waiver is "
        "taken."
    ),
    "UVEU100": (
        "Who can be a universal validated end user at all: a firm whose headquarters or whose ultimate parent lies in"
        " a Tier 1 country. A firm that calls itself one without that breaks this rule with its first chip."
    ),
    "AUTH200": (
        "Each chip stands under an authorization, written in the plan or following from firm and country. One that "
        "the firm does not hold in that country breaks this rule, from the first chip on and also after the chip has "
        "left."
    ),
    "AIA250": (
        "Licence Exception AIA is the way into Tier 1 without a licence and without a limit. It serves only firms "
        "whose headquarters and whose ultimate parent lie in Tier 1; any other needs a licence there."
    ),
    "UVEU101": (
        "Of the computing power that the firm has in service at a quarter's end, no single Tier 2 country may hold "
        "more than this share. The total moves with the fleet: what comes into service elsewhere makes room, and what"
        " retires elsewhere takes room away."
    ),
    "UVEU102": (
        "All countries outside Tier 1 together may not hold more than this share of the computing power that the firm"
        " has in service at a quarter's end. A plan that is legal at its end breaks on the way when sites outside "
        "Tier 1 are ready before those in Tier 1."
    ),
    "UVEU103": (
        "A universal validated end user that is headquartered in the United States keeps at least this share of its "
        "computing power there, at every quarter's end. What opens elsewhere first breaks it."
    ),
    "CAP201": (
        "A Tier 2 country has one amount for all buyers together. The chips that the plan brings there under the "
        "authorizations that are counted have to fit into what others leave of it (national_use); a government "
        "arrangement (agreements) raises it from its quarter on. Chips with no quarter are counted, because nothing "
        "says otherwise."
    ),
    "LPP501": (
        "A small amount may be received each calendar year outside the national cap. All consignees with one ultimate"
        " parent share one allowance, so that splitting an order among affiliates gains nothing, and chips that leave"
        " service give nothing back."
    ),
    "NVEU401": (
        "In each country for which the firm is a national validated end user, it may have no more installed at a "
        "quarter's end than the amount of that quarter. It is an installed base: what has left no longer counts, and "
        "what comes a quarter too early does."
    ),
    "WGT701": (
        "Closed model weights, those that the rule controls and that are not published, may be held only in some "
        "places. A placement that says holds_weights: true is judged by where it stands and who operates the site."
    ),
}
