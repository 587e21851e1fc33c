"""Which sites are near enough to serve a demand region: round-trip times over the backbone.

    round trip = 4.3 ms per path + 2.0 ms per edge + 0.0104 ms per route-kilometre

These three numbers were fitted together to 1,132 published times between cloud regions (median error 7.5 %) on the
bundled nodes and edges; splitting or merging nodes changes the number of edges on a path and asks for a new fit. The
time of a path is its shortest: what a planner can count on when traffic takes the good route.

Times are kept in whole ticks of a tenth of a microsecond, so that they do not depend on the order in which a path's
edges are added up and "within 80 ms" means the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil, cos, radians, sin

import networkx as nx

from .domain.bundled_tables import (
    BackboneEdge,
    BackboneNode,
    Region,
    backbone_edges,
    backbone_nodes,
    bundled_regions,
)
from .domain.distance import great_circle_km
from .domain.sites import Site

TICKS_PER_MS = 10_000
TICKS_PER_PATH = 43_000
TICKS_PER_EDGE = 20_000
TICKS_PER_ROUTE_KM = 104

LAST_STRETCH_FACTOR = 1.3
"""Route length over great circle for a site that is not a node: the median of the bundled terrestrial edges."""

SAME_PLACE_KM = 100
"""A site that bears a node's id but lies farther than this from it is another place with the same name."""


class Backbone:
    """The backbone as a graph; answers which sites a region, or a node, reaches in which time.

    A site whose id is a node stands at that node. Any other site with coordinates hangs on the nearest node by great
    circle, through one more edge of 1.3 times that distance: the same 1.3 by which the bundled terrestrial routes
    exceed the great circle. A site without coordinates that is no node is reached by nobody.
    """

    def __init__(
        self,
        nodes: Mapping[str, BackboneNode],
        edges: Iterable[BackboneEdge],
        regions: Mapping[str, Region],
        *,
        all_edges: bool = False,
    ) -> None:
        self.nodes = nodes
        self.regions = regions
        self.graph: nx.Graph[str] = nx.Graph()
        self.graph.add_nodes_from(nodes)
        for edge in edges:
            if edge.by_default or all_edges:
                self.graph.add_edge(edge.a, edge.b, ticks=TICKS_PER_EDGE + TICKS_PER_ROUTE_KM * edge.route_km)
        self._directions = {name: _direction(node.lat, node.lon) for name, node in nodes.items()}
        self._from: dict[str, dict[str, int]] = {}
        self._entries: dict[tuple[str, str, float | None, float | None], tuple[str, int] | None] = {}

    @classmethod
    def bundled(cls, *, all_edges: bool = False) -> Backbone:
        """The backbone of `data/`, made once; with `all_edges`, the transit routes that planners avoid count too."""
        return _bundled(all_edges)

    def knows(self, origin: str) -> bool:
        """Whether `origin` is a demand region or a node."""
        return origin in self.regions or origin in self.nodes

    def rtt_ms(self, origin: str, site: Site) -> float | None:
        """The round-trip time in milliseconds from a region's hub, or a node, to `site`; None when it is not reachable.

        Raises KeyError when `origin` is neither a region nor a node.
        """
        ticks = self._ticks(origin, site)
        return None if ticks is None else ticks / TICKS_PER_MS

    def within(self, origin: str, sites: Iterable[Site], max_rtt_ms: Fraction | int | float) -> frozenset[str]:
        """The ids of the `sites` that `origin` reaches in `max_rtt_ms` or less; KeyError as in `rtt_ms`."""
        most = Fraction(max_rtt_ms) * TICKS_PER_MS
        times = ((site.site, self._ticks(origin, site)) for site in sites)
        return frozenset(site for site, ticks in times if ticks is not None and ticks <= most)

    def _ticks(self, origin: str, site: Site) -> int | None:
        times = self._times_from(self.regions[origin].hub_node if origin in self.regions else origin)
        entry = self._entry(site)
        if entry is None or entry[0] not in times:
            return None
        return TICKS_PER_PATH + times[entry[0]] + entry[1]

    def _times_from(self, hub: str) -> dict[str, int]:
        """Ticks over the edges from `hub` to every node that it reaches; one search per hub, then remembered."""
        if hub not in self._from:
            if hub not in self.nodes:
                raise KeyError(hub)
            times = nx.single_source_dijkstra_path_length(self.graph, hub, weight="ticks")
            self._from[hub] = {node: int(ticks) for node, ticks in times.items()}
        return self._from[hub]

    def _entry(self, site: Site) -> tuple[str, int] | None:
        """The node where `site` joins the backbone and the ticks of its last stretch."""
        key = (site.site, site.country, site.lat, site.lon)
        if key not in self._entries:
            self._entries[key] = self._find_entry(site)
        return self._entries[key]

    def _find_entry(self, site: Site) -> tuple[str, int] | None:
        node = self.nodes.get(site.site)
        if site.lat is None or site.lon is None:
            return (node.node, 0) if node is not None and node.country == site.country else None
        if node is not None and great_circle_km(node.lat, node.lon, site.lat, site.lon) <= SAME_PLACE_KM:
            return node.node, 0
        nearest = self.nodes[self._nearest(site.lat, site.lon)]
        route_km = LAST_STRETCH_FACTOR * great_circle_km(nearest.lat, nearest.lon, site.lat, site.lon)
        return nearest.node, TICKS_PER_EDGE + ceil(TICKS_PER_ROUTE_KM * route_km)

    def _nearest(self, lat: float, lon: float) -> str:
        """The node with the smallest angle to the place, which is the largest product of their directions."""
        x, y, z = _direction(lat, lon)
        return max(self._directions.items(), key=lambda item: item[1][0] * x + item[1][1] * y + item[1][2] * z)[0]


def _direction(lat: float, lon: float) -> tuple[float, float, float]:
    """The unit vector from the globe's middle to a place."""
    up, around = radians(lat), radians(lon)
    return cos(up) * cos(around), cos(up) * sin(around), sin(up)


@cache
def _bundled(all_edges: bool) -> Backbone:
    return Backbone(backbone_nodes(), backbone_edges(), bundled_regions(), all_edges=all_edges)
