"""Reach: round-trip times over the backbone, and where a site that is no node joins it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from optimizer.domain.bundled_tables import BackboneEdge, BackboneNode, Region, bundled_regions, bundled_sites
from optimizer.domain.distance import great_circle_km
from optimizer.domain.sites import Site
from optimizer.domain.steps import Steps
from optimizer.reach import Backbone

SITES = {site.site: site for site in bundled_sites()}


def site(name: str, country: str = "XX", lat: float | None = None, lon: float | None = None) -> Site:
    return Site(site=name, country=country, power_mw=Steps((), before=Fraction(1)), lat=lat, lon=lon)


def node(name: str, lon: float, country: str = "XX") -> BackboneNode:
    return BackboneNode(node=name, name=name, country=country, lat=0.0, lon=lon, kind="site")


def edge(a: str, b: str, route_km: int, by_default: bool = True) -> BackboneEdge:
    return BackboneEdge(a=a, b=b, medium="terrestrial", systems="test", route_km=route_km, by_default=by_default)


def region(name: str, hub: str) -> Region:
    return Region(name, name, (), hub, Fraction(1), Fraction(1), Fraction(1), Fraction(80), Fraction(250))


@pytest.fixture
def small() -> Backbone:
    """On the equator: a - b - c along short edges, a - c along one long edge, d behind an avoided edge."""
    nodes = {name: node(name, lon) for name, lon in {"a": 0, "b": 10, "c": 20, "d": 30}.items()}
    edges = [edge("a", "b", 1000), edge("b", "c", 1000), edge("a", "c", 2500), edge("c", "d", 100, by_default=False)]
    return Backbone(nodes, edges, {"home": region("home", "a")})


def test_a_path_costs_its_kilometres_its_edges_and_itself(small: Backbone) -> None:
    assert small.rtt_ms("a", site("a")) == 4.3
    assert small.rtt_ms("a", site("b")) == 4.3 + 2.0 + 10.4
    assert small.rtt_ms("a", site("c")) == 4.3 + 2 * 2.0 + 20.8  # 29.1; the direct edge would take 32.3


def test_fewer_edges_win_where_the_detour_is_short() -> None:
    nodes = {name: node(name, 0) for name in "abc"}
    backbone = Backbone(nodes, [edge("a", "b", 10), edge("b", "c", 10), edge("a", "c", 300)], {})
    assert backbone.rtt_ms("a", site("c")) == pytest.approx(4.3 + 2 * 2.0 + 0.208)
    backbone = Backbone(nodes, [edge("a", "b", 10), edge("b", "c", 10), edge("a", "c", 100)], {})
    assert backbone.rtt_ms("a", site("c")) == pytest.approx(4.3 + 2.0 + 1.04)


def test_a_region_starts_at_its_hub(small: Backbone) -> None:
    assert small.rtt_ms("home", site("b")) == small.rtt_ms("a", site("b"))
    assert small.knows("home")
    assert small.knows("a")
    assert not small.knows("b ")


def test_an_unknown_origin_is_an_error(small: Backbone) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        small.rtt_ms("nowhere", site("a"))


def test_avoided_edges_are_left_out_unless_asked_for(small: Backbone) -> None:
    assert small.rtt_ms("a", site("d")) is None
    everything = Backbone(small.nodes, [edge("c", "d", 100, by_default=False)], {}, all_edges=True)
    assert everything.rtt_ms("c", site("d")) == pytest.approx(4.3 + 2.0 + 1.04)


def test_within_includes_the_limit_itself(small: Backbone) -> None:
    sites = [site("a"), site("b"), site("c"), site("d"), site("elsewhere")]
    assert small.within("home", sites, Fraction("16.7")) == {"a", "b"}
    assert small.within("home", sites, Fraction("16.6999")) == {"a"}
    assert small.within("home", sites, 1000) == {"a", "b", "c"}
    assert small.within("home", [], 1000) == frozenset()


def test_a_site_of_ones_own_hangs_on_the_nearest_node(small: Backbone) -> None:
    own = site("mine", lat=0.0, lon=11.0)
    km = great_circle_km(0, 10, 0, 11)
    expected = 4.3 + 2.0 + 10.4 + 2.0 + 0.0104 * 1.3 * km
    assert small.rtt_ms("a", own) == pytest.approx(expected, abs=1e-4)
    assert small.within("a", [own], Fraction(expected) + Fraction("0.001")) == {"mine"}
    assert small.within("a", [own], Fraction(expected) - Fraction("0.001")) == frozenset()


def test_nearest_is_meant_around_the_globe() -> None:
    nodes = {"east": node("east", 170), "west": node("west", 0)}
    backbone = Backbone(nodes, [edge("east", "west", 20_000)], {})
    own = site("mine", lat=0.0, lon=-175.0)  # 15 degrees from `east` across the date line
    km = great_circle_km(0, 0, 0, 15)
    assert backbone.rtt_ms("east", own) == pytest.approx(4.3 + 2.0 + 0.0104 * 1.3 * km, abs=1e-4)


def test_a_site_without_coordinates_is_out_of_reach(small: Backbone) -> None:
    assert small.rtt_ms("a", site("mine")) is None
    assert small.within("a", [site("mine")], 10_000) == frozenset()


def test_a_site_near_an_unreachable_node_is_out_of_reach(small: Backbone) -> None:
    assert small.rtt_ms("a", site("mine", lat=0.0, lon=31.0)) is None


def test_a_nodes_id_elsewhere_is_another_place(small: Backbone) -> None:
    """A site called `b` that lies at `c`, or in another country with no coordinates, is not the node `b`."""
    assert small.rtt_ms("a", site("b", lat=0.0, lon=20.0)) == 4.3 + 2 * 2.0 + 20.8 + 2.0
    assert small.rtt_ms("a", site("b", lat=0.5, lon=10.5)) == 4.3 + 2.0 + 10.4
    assert small.rtt_ms("a", site("b", country="YY")) is None


def test_the_bundled_backbone_joins_all_sites_but_ulaanbaatar() -> None:
    apart = {name for name in SITES if Backbone.bundled().rtt_ms("frankfurt", SITES[name]) is None}
    assert apart == {"ulaanbaatar"}
    assert Backbone.bundled(all_edges=True).rtt_ms("almaty", SITES["ulaanbaatar"]) is not None


def test_avoided_transit_only_ever_shortens() -> None:
    default, everything = Backbone.bundled(), Backbone.bundled(all_edges=True)
    shorter = 0
    for name in SITES.keys() - {"ulaanbaatar"}:
        a, b = default.rtt_ms("almaty", SITES[name]), everything.rtt_ms("almaty", SITES[name])
        assert a is not None
        assert b is not None
        assert b <= a
        shorter += b < a
    assert shorter > 0


def test_both_directions_take_the_same_time() -> None:
    backbone = Backbone.bundled()
    for a, b in [("tokyo", "dublin"), ("johannesburg", "sydney"), ("santiago", "oslo")]:
        assert backbone.rtt_ms(a, SITES[b]) == backbone.rtt_ms(b, SITES[a])


def test_nothing_is_faster_than_light_in_glass() -> None:
    """0.0098 ms per kilometre out and back, over the great circle, from every region to every site."""
    backbone = Backbone.bundled()
    for name, area in bundled_regions().items():
        hub = backbone.nodes[area.hub_node]
        for place in SITES.values():
            rtt = backbone.rtt_ms(name, place)
            assert place.lat is not None
            assert place.lon is not None
            assert rtt is None or rtt >= 0.0098 * great_circle_km(hub.lat, hub.lon, place.lat, place.lon)


@pytest.mark.parametrize(
    ("a", "b", "published_ms"),
    [
        ("ashburn", "saopaulo", 119.5),
        ("ashburn", "frankfurt", 88.6),
        ("ashburn", "dublin", 80.5),
        ("ashburn", "santaclara", 72.7),
        ("ashburn", "tokyo", 145.3),
        ("boardman", "dublin", 137.0),
        ("boardman", "tokyo", 89.2),
        ("tokyo", "seoul", 31.4),
        ("tokyo", "singapore", 73.8),
        ("tokyo", "sydney", 103.9),
        ("seoul", "singapore", 71.9),
    ],
)
def test_well_known_pairs_lie_near_published_times(a: str, b: str, published_ms: float) -> None:
    """Within 20 % of averages measured between one operator's regions and published in 2017.

    Pairs of that list whose routes have been shortened since (Singapore to Sydney and to Europe, Virginia to Oregon) or
    that went through a third continent then (Ireland to Brazil) are left out, and so is one (Ireland to Frankfurt) of
    20 ms, which the 4.3 ms per path and 2.0 ms per edge of this model make 30 % longer: short paths are over-estimated.
    """
    assert Backbone.bundled().rtt_ms(a, SITES[b]) == pytest.approx(published_ms, rel=0.20)


def test_frankfurt_to_london_is_a_short_path() -> None:
    """Light needs 6.2 ms there and back; operators' published times lie in the teens."""
    rtt = Backbone.bundled().rtt_ms("frankfurt", SITES["london"])
    assert rtt is not None
    assert 12 <= rtt <= 20


def test_what_the_examples_rely_on() -> None:
    """Sites within 80 ms: many around Frankfurt, six in Central Asia, and the Gulf's own in the Gulf."""
    backbone = Backbone.bundled()
    assert len(backbone.within("dach", SITES.values(), 80)) > 70
    assert len(backbone.within("central-asia", SITES.values(), 80)) == 6
    assert "rome" not in backbone.within("gulf", SITES.values(), 80)
    assert {"dubai", "abudhabi"} <= backbone.within("gulf", SITES.values(), 80)
