"""Commands on single sign-on: an agency's provider, and the mail domains that it speaks for."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from domain import single_sign_on
from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_mail_domain
from domain.mail_domain import MailDomain
from domain.refusals import Unknown
from domain.single_sign_on import Provider


class SigningOn(Loading):
    @decided_again
    def set_single_sign_on(
        self,
        tree_id: UUID,
        person_id: UUID,
        provider: Provider,
        *,
        proven: Collection[str],
        because: Because,
    ) -> None:
        """Let a provider sign in the people of these domains, and claim those that are new."""
        tree = self.tree(tree_id)
        had = tree.single_sign_on.domains if tree.single_sign_on else ()
        new = {one: self._claim_of(one) for one in provider.domains if one not in had}
        taken = any(claim is not None and self._still_signs_on(claim, tree_id) for claim in new.values())
        who = self.standings_in(self.workspace(tree.anchor_id), person_id)
        before = tree.version
        single_sign_on.set_up(tree, provider, who=who, proven=proven, taken=taken, because=because)
        if tree.version == before:
            return
        following = because.following(tree.id, tree.version)
        self.save(tree, *(_claimed(one, claim, tree_id, following) for one, claim in new.items()))

    @decided_again
    def remove_single_sign_on(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        tree = self.tree(tree_id)
        who = self.standings_in(self.workspace(tree.anchor_id), person_id)
        single_sign_on.remove(tree, who=who, because=because)
        self.save(tree)

    def _claim_of(self, domain: str) -> MailDomain | None:
        try:
            return self._load(MailDomain, stream_of_mail_domain(domain))
        except Unknown:
            return None

    def _still_signs_on(self, claim: MailDomain, tree_id: UUID) -> bool:
        """A claim holds for as long as another agency signs people in with it."""
        if claim.tree_id == tree_id:
            return False
        holder = self.tree(claim.tree_id)
        return holder.single_sign_on is not None and claim.domain in holder.single_sign_on.domains


def _claimed(domain: str, claim: MailDomain | None, tree_id: UUID, because: Because) -> MailDomain:
    if claim is None:
        return MailDomain.claim(domain, tree_id, because=because)
    claim.claim_anew(tree_id, because=because)
    return claim
