"""What may befall pools in a random life: events that are voided, notices, overage and credit notes."""

from __future__ import annotations

from domain.overage import CreditDue, OverageDue
from domain.plans import AGENCY
from domain.quota import QuotaSeen
from tests.proofs.random_deeds import RandomDeeds

POOL = AGENCY.pool_events


class RandomPools(RandomDeeds):
    claimed: list[OverageDue]

    def void(self) -> None:
        """Some event, perhaps one that was voided before."""
        with self.house.database.reading() as db:
            rows = db.execute(
                "SELECT event_id, workspace_id FROM usage ORDER BY event_id LIMIT 20"
            ).fetchall()
            if rows:
                row = self.random.choice(rows)
                tracked = self.house.services.tracked
                event = tracked.event(db, row["workspace_id"], row["event_id"])
                tracked.void(db, event, "digest", because=self._because())

    def notice_of_quota(self) -> None:
        due = self._due(self.random.choice([1_000, 20_000, 30_000]))
        seen = QuotaSeen(
            pool_id=due.tree_id,
            tree_id=due.tree_id,
            cycle_started_at=due.cycle_started_at,
            cycle_ends_at=due.cycle_ends_at,
            pool_events=POOL,
            used=due.used,
            in_use=True,
        )
        self.agency.note_quota(seen, because=self._because())

    def claim(self) -> None:
        due = self._due(POOL + self.random.randrange(1, 9_000))
        self.agency.claim_overage(due, because=self._because())
        self.claimed.append(due)

    def credit(self) -> None:
        """Of whatever was claimed; nothing comes of it while the cycle runs."""
        for due in self.claimed:
            voided = self.random.randrange(1, 100)
            credit = CreditDue(
                tree_id=due.tree_id,
                cycle_started_at=due.cycle_started_at,
                pool_events=POOL,
                used=due.used - voided,
                voided=voided,
            )
            self.agency.request_credit(credit, because=self._because())

    def _due(self, used: int) -> OverageDue:
        tree = self.agency.tree(self._tree().tree_id)
        assert tree.cycle_started_at is not None
        assert tree.cycle_ends_at is not None
        return OverageDue(
            tree_id=tree.id,
            cycle_started_at=tree.cycle_started_at,
            cycle_ends_at=tree.cycle_ends_at,
            pool_events=POOL,
            used=used,
            metering_position=0,
        )
