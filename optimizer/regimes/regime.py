"""A regime: tiers, records and their legal status, ready to say which limits a firm's plan has to keep."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.countries import jurisdiction
from ..domain.plan import Firm
from ..frozen import Frozen
from ..limits import Chips, Limit
from ..reading.nodes import Node, Problems
from ..units import Quarter
from .duties import DutyRecord
from .expand import Subject, expand
from .legal_status import LegalStatus
from .parse import Setting, parse_records
from .readings import Reading
from .records import Each, RuleRecord
from .tiers import Tiers


class Source(Frozen):
    """A regime file that went into a regime; `content` is what it held."""

    id: str
    file: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The file's digest."""
        import hashlib  # late: most checks print no digest

        return hashlib.sha256(self.content).hexdigest()


class Provenance(Frozen):
    """Where a regime comes from: its own file first, then those it extends, and what makes it differ from them.

    `amendments` are what was amended, as path and value; `added` the ids of rules that stand in none of the files.
    """

    sources: tuple[Source, ...]
    amendments: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()


class Regime(Frozen):
    """A dated body of rules. `first` and `last` are the quarters it speaks about."""

    id: str
    title: str
    brief: str
    first: Quarter
    last: Quarter
    measure: Chips
    tiers: Tiers
    status: LegalStatus
    records: tuple[RuleRecord, ...]
    duties: tuple[DutyRecord, ...]
    readings: tuple[Reading, ...]
    provenance: Provenance

    @property
    def name(self) -> str:
        """The id, with what makes it differ from the regime of that name."""
        words = [f"{reading.id}={reading.chosen}" for reading in self.readings if reading.chosen != reading.default]
        if self.provenance.amendments or self.provenance.added:
            words.insert(0, "amended")
        return f"{self.id} ({', '.join(words)})" if words else self.id

    @property
    def cap_start(self) -> Quarter:
        """The quarter from which caps count what is received; older chips leave first."""
        return min((r.measured.received_from for r in self.records if r.measured.received_from), default=self.first)

    def tier(self, country: str) -> int:
        """1, 2 or 3; a dependency has its parent's. KeyError for an unknown code."""
        return self.tiers.tier(country)

    def record(self, rule_id: str) -> RuleRecord | None:
        """The record of a rule, None when the regime has no such rule."""
        return next((record for record in self.records if record.rule.id == rule_id), None)

    def allowances(self) -> list[RuleRecord]:
        """The records that grant each consignee an allowance a year."""
        return [record for record in self.records if record.each is Each.CONSIGNEE_YEAR]

    def default_authorization(self, firm: Firm, country: str) -> str:
        """The authorization that a placement of `firm` in `country` has when it names none (formats.md, section 1).

        It is never a licence outside Tier 1: that has to be written.
        """
        if self.tier(country) == 1:
            owned_there = all(self.tier(seat) == 1 for seat in (firm.headquarters, firm.ultimate_parent))
            return "aia" if owned_there else "licence"
        if firm.status == "uveu":
            return "uveu"
        listed = {jurisdiction(code) for code in firm.nveu_countries}
        return "nveu" if firm.status == "nveu" and jurisdiction(country) in listed else "allocation"

    def limits(self, subject: Subject) -> list[Limit]:
        """Every limit for `subject`, in the order rule, country, period."""
        return expand(self, subject)

    def with_own_limits(self, nodes: Iterable[Node]) -> Regime:
        """This regime with the firm's own limits after its rules. Raises InputError."""
        return self.replace(records=(*self.records, *parse_own_limits(nodes, self)))


def parse_own_limits(nodes: Iterable[Node], regime: Regime) -> list[RuleRecord]:
    """The firm's own limits, in the grammar of the regime's records. Raises InputError with everything found wrong.

    `each` is quarter unless it is written; citation and grade may be left out. What they count follows the regime's
    measure; their ids may not be those of the law or of the regime.
    """
    problems = Problems()
    taken = [record.rule.id for record in regime.records]
    records = parse_records(nodes, "own_limits", Setting(regime.measure, None, own=True), taken, problems)
    problems.raise_if_any()
    return records
