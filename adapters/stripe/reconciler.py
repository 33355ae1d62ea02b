"""The reconciler: what was lost between Stripe and us is found again by looking, and mended by the one sync.

Where it is not ours to say which of the two is right, nothing is guessed: it is a drift, and people look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

from adapters.stripe.billing import Billing
from adapters.stripe.errors import StripeAway, StripeMisconfigured
from adapters.stripe.gateway import StripeGateway
from adapters.stripe.inbox import Inbox
from adapters.stripe.overages import Overages
from domain.agency import Agency
from domain.because import Because
from domain.billing import LIVE_STATUSES, BillingFault, NoticeOutcome, SubscriptionSeen
from domain.conflicts import Contended
from domain.reconciliation import Drift, DriftKind
from domain.refusals import Unknown
from domain.tree import Tree, TreeStatus

TRIED_BY_STRIPE = timedelta(days=4)  # it tries for three days to deliver a notice
ENDED_WATCHED = timedelta(days=120)  # so long its invoices may still be paid or given up
INVOICES_PER_RUN = 100
AWAY_MAX = 3  # subjects in a row that get no answer: then it is Stripe and not the subject

log = logging.getLogger(__name__)


class Reconciler:
    """`living` names the tree on each subscription, `mended` counts what the facts of a story changed.

    Who sets `stop` ends a run at its next step; it counts as not done.
    """

    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        billing: Billing,
        inbox: Inbox,
        overages: Overages,
        clock: Callable[[], datetime],
        *,
        living: Callable[[], dict[str, UUID]],
        mended: Callable[[str], int],
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.billing = billing
        self.inbox = inbox
        self.overages = overages
        self.clock = clock
        self.living = living
        self.mended = mended
        self.stop = Event()

    def hear_undelivered(self) -> None:
        """Notices that never arrived are remembered like those that did, and acted on by the same errand."""
        run = Run("notices", self.clock())
        kept = 0
        for notice, body in self.gateway.undelivered(run.because.at - TRIED_BY_STRIPE):
            self._go_on()
            run.checked += 1
            kept += self.inbox.remember(notice, body, because=run.because_of_notice(notice.notice_id))
        self._note(run, repaired=kept)

    def reconcile_subscriptions(self) -> None:
        """Every subscription and its invoices, by the one sync; then our trees that Stripe did not name."""
        run = Run("subscriptions", self.clock())
        ours = self.living()  # before Stripe is asked, so that what begins meanwhile is not missed there
        for seen in self.gateway.all_subscriptions():
            self._go_on()
            run.checked += 1
            if ours.get(seen.subscription_id) == seen.tree_id:
                ours.pop(seen.subscription_id, None)
            if seen.tree_id is not None:
                with run.not_compared(seen.tree_id, seen.subscription_id):
                    self._follow(run, seen, seen.tree_id)
        for subscription_id, tree_id in ours.items():
            with run.not_compared(tree_id, subscription_id):
                if self._is_lost(subscription_id, tree_id):
                    run.found(DriftKind.SUBSCRIPTION_UNKNOWN, tree_id, subscription_id)
        self._note(run, repaired=self.mended(run.because.story))

    def reconcile_overage(self) -> None:
        """What Stripe's meter holds for every cycle that it can still tell us something about."""
        run = Run("overages", self.clock())
        for stream in self.overages.comparable(run.because.at):
            self._go_on()
            run.checked += 1
            known = self.agency.overage(stream)
            cycle = f"{known.cycle_started_at:%Y-%m-%dT%H:%M:%SZ}"
            with run.not_compared(known.tree_id, cycle):
                overage = self.overages.compare(stream, run.because)
                if beyond := overage.drift(run.because.at):
                    kind = DriftKind.HELD_TOO_MUCH if beyond > 0 else DriftKind.HELD_TOO_LITTLE
                    ours, theirs = overage.events_claimed, overage.events_held or 0
                    run.found(kind, overage.tree_id, cycle, ours, theirs)
        self._note(run, repaired=self.mended(run.because.story))

    def _is_lost(self, subscription_id: str, tree_id: UUID) -> bool:
        """Whether a tree lives on what Stripe does not know, or knows under another tree or none."""
        if self.agency.tree(tree_id).status is not TreeStatus.ACTIVE:
            return False  # the list of those that live follows the log
        seen = self.gateway.subscription(subscription_id)
        return seen is None or seen.tree_id != tree_id

    def _follow(self, run: Run, seen: SubscriptionSeen, tree_id: UUID) -> None:
        try:
            tree = self.agency.tree(tree_id)
        except Unknown:
            return  # of another Heartwood that sells in the same account
        if tree.status is TreeStatus.ENDED and _ended_long_ago(seen, run.because.at):
            return
        if tree.subscription_id in (None, seen.subscription_id):
            synced = self.billing.sync(
                seen.subscription_id, because=run.because, invoices_max=INVOICES_PER_RUN
            )
            is_current = synced.outcome is not NoticeOutcome.NOT_CURRENT
        else:
            is_current = False
        kind = _drift_of(self.agency.tree(tree_id), is_current)
        if kind is not None and seen.status in LIVE_STATUSES and self._lives(seen.subscription_id):
            run.found(kind, tree_id, seen.subscription_id)

    def _lives(self, subscription_id: str) -> bool:
        """Asked once more: the list may be older than what ended it."""
        seen = self.gateway.subscription(subscription_id)
        return seen is not None and seen.status in LIVE_STATUSES

    def _note(self, run: Run, *, repaired: int) -> None:
        self.agency.note_reconciliation(
            run.job, checked=run.checked, repaired=repaired, drifts=run.drifts, because=run.because
        )

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Interrupted


class Interrupted(Exception):
    """Somebody wants the worker to end; what is left is done by the next run."""


class Run:
    """One run of a job, as far as it got."""

    def __init__(self, job: str, at: datetime) -> None:
        self.job = job
        self.because = Because.of_tick(f"reconcile-{job}", at)
        self.checked = 0
        self.drifts: set[Drift] = set()
        self.away = 0  # subjects in a row that Stripe gave no answer about

    def because_of_notice(self, notice_id: str) -> Because:
        """The story is the notice's own, as if it had arrived: other agencies' stories stay out of it."""
        because = self.because
        return Because(actor=because.actor, cause=because.cause, story=f"notice:{notice_id}", at=because.at)

    def found(
        self, kind: DriftKind, tree_id: UUID, subject: str, events_ours: int = 0, events_theirs: int = 0
    ) -> None:
        self.drifts.add(
            Drift(
                kind=kind,
                tree_id=tree_id,
                subject=subject,
                events_ours=events_ours,
                events_theirs=events_theirs,
            )
        )

    @contextmanager
    def not_compared(self, tree_id: UUID, subject: str) -> Iterator[None]:
        """What fails for one is told of that one; what would fail for all ends the run."""
        try:
            yield
            self.away = 0
        except StripeMisconfigured:
            raise
        except (BillingFault, Contended) as error:
            self.away = self.away + 1 if isinstance(error, StripeAway) else 0
            if self.away >= AWAY_MAX:
                raise
            log.warning("%s of tree %s could not be compared: %s", self.job, tree_id, type(error).__name__)
            self.found(DriftKind.NOT_COMPARED, tree_id, subject)


def _ended_long_ago(seen: SubscriptionSeen, at: datetime) -> bool:
    return seen.has_ended and seen.ended_at is not None and seen.ended_at < at - ENDED_WATCHED


def _drift_of(tree: Tree, is_current: bool) -> DriftKind | None:
    """What it would be if the subscription lived."""
    if not is_current:
        return DriftKind.SECOND_SUBSCRIPTION
    return DriftKind.BILLED_AFTER_END if tree.status is TreeStatus.ENDED else None
