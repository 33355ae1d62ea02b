"""What people may do to each other in a random life: mail once more, hand on, hide, look in, and sign on."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from domain.billing import SubscriptionSeen
from domain.permissions import Role
from domain.single_sign_on import Provider
from domain.visibility import Area, Level, Visibility
from tests.proofs.random_deeds import RandomDeeds

DOMAINS = [f"bright{number}.example" for number in range(6)]


class RandomPeople(RandomDeeds):
    seen: dict[UUID, SubscriptionSeen]
    owner_id: UUID
    people: list[UUID]
    invitations: list[tuple[UUID, UUID]]

    def resend(self) -> None:
        if self.invitations:
            workspace_id, invitation_id = self.random.choice(self.invitations)
            self.agency.resend_invitation(workspace_id, self.owner_id, invitation_id, because=self._because())

    def hand_on(self) -> None:
        """To whom it is handed, and back again, so that the life goes on."""
        workspace_id, successor_id = self._workspace(), self.random.choice(self.people[1:])
        transfer = self.agency.transfer_ownership
        transfer(workspace_id, self.owner_id, successor_id, Role.MEMBER, because=self._because())
        transfer(workspace_id, successor_id, self.owner_id, Role.MEMBER, because=self._because())

    def show(self) -> None:
        """In some of a tree's children, one area more or less."""
        tree_id = self._tree().tree_id
        children = self.agency.tree(tree_id).children
        chosen = self.random.sample(children, self.random.randrange(len(children) + 1))
        changes = {self.random.choice(list(Area)): self.random.choice(list(Level))}
        self.agency.set_visibility(tree_id, self.owner_id, chosen, changes, because=self._because())

    def look(self) -> None:
        """By somebody of support, who leaves before the time now and then."""
        look_id, looker_id = uuid4(), self.people[-1]
        self.agency.begin_look(look_id, looker_id, self._workspace(), "a reason", because=self._because())
        if self.random.randrange(2):
            self.agency.end_look(look_id, looker_id, because=self._because())

    def sign_on(self) -> None:
        """An agency on Enterprise names its provider, for domains that another may have by then."""
        tree_id = self._tree().tree_id
        self.seen[tree_id] = replace(self.seen[tree_id], plan="enterprise")
        self.agency.sync_subscription(tree_id, self.seen[tree_id], because=self._because())
        domains = tuple(self.random.sample(DOMAINS, self.random.randrange(1, 3)))
        provider = Provider(
            issuer="https://id.bright.example",
            client_id="heartwood",
            client_secret_digest=None,
            domains=domains,
            required=bool(self.random.randrange(2)),
        )
        self.agency.set_single_sign_on(
            tree_id, self.owner_id, provider, proven=DOMAINS, because=self._because()
        )
        if not self.random.randrange(4):
            self.agency.remove_single_sign_on(tree_id, self.owner_id, because=self._because())

    def show_new(self) -> None:
        wanted = Visibility(**{area.value: self.random.choice(list(Level)) for area in Area})
        tree_id = self._tree().tree_id
        self.agency.set_visibility_defaults(tree_id, self.owner_id, wanted, because=self._because())
