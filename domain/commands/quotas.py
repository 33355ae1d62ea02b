"""Commands on notices about pools that are nearly or wholly used."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_quota_notice
from domain.quota import PERCENTS, QuotaNotice, QuotaSeen
from domain.refusals import Unknown


class Quotas(Loading):
    @decided_again
    def note_quota(self, seen: QuotaSeen, *, because: Because) -> None:
        """Give the notices that a pool has come to, and take back those that it no longer bears out."""
        notices = []
        for percent in PERCENTS:
            stream = stream_of_quota_notice(seen.pool_id, seen.cycle_started_at, percent)
            try:
                notice = self.quota_notice(stream)
            except Unknown:
                if seen.reaches(percent):
                    notices.append(QuotaNotice.give(seen, percent, because=because))
            else:
                notice.look(seen, because=because)
                notices.append(notice)
        self.save(*notices)

    def quota_notice(self, stream: UUID) -> QuotaNotice:
        return self._load(QuotaNotice, stream)
