"""Contacts: what an agency wrote down of how to reach a customer, destroyed because of a fact."""

from __future__ import annotations

from adapters.postgres.outbox import Entry
from adapters.vault import Vault
from domain.agency import Agency


class Contacts:
    def __init__(self, agency: Agency, vault: Vault) -> None:
        self.agency = agency
        self.vault = vault

    def carry_out(self, entry: Entry) -> None:
        """Errand of the fact; whatever the contact was before lies under the same subject."""
        self.vault.erase(self.agency.fact(entry.stream, entry.version).contact_id)
