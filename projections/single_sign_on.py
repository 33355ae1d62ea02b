"""Single sign-on: which agency's provider signs the people of a mail domain in? (inline)"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from domain.fact import Fact
from domain.single_sign_on import Provider
from domain.tree import Tree
from projections.projection import Db, Projection, on


@dataclass(frozen=True, kw_only=True)
class SignOnRow:
    tree_id: UUID
    issuer: str
    client_id: str
    client_secret_digest: str | None
    domains: list[str]
    required: bool

    @property
    def provider(self) -> Provider:
        return Provider(
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret_digest=self.client_secret_digest,
            domains=tuple(self.domains),
            required=self.required,
        )


class SingleSignOn(Projection):
    name = "single_sign_on"
    logs = ("agency",)
    tables = {
        "sign_on_providers": """
            tree_id              uuid PRIMARY KEY,
            issuer               text NOT NULL,
            client_id            text NOT NULL,
            client_secret_digest text,
            domains              text[] NOT NULL,
            required             boolean NOT NULL
        """,
        "sign_on_domains": """
            domain  text PRIMARY KEY,
            tree_id uuid NOT NULL
        """,
    }
    indexes = {"sign_on_domains_tree": "sign_on_domains (tree_id)"}
    needed = frozenset({"sign_on_domains_tree"})

    # Questions.

    def of_domain(self, db: Db, domain: str) -> SignOnRow | None:
        """The provider of whichever agency has claimed this mail domain."""
        found = db.cursor(row_factory=class_row(SignOnRow)).execute(
            "SELECT p.* FROM sign_on_domains d JOIN sign_on_providers p USING (tree_id) WHERE d.domain = %s",
            (domain,),
        )
        return found.fetchone()

    def of_tree(self, db: Db, tree_id: UUID) -> SignOnRow | None:
        found = db.cursor(row_factory=class_row(SignOnRow)).execute(
            "SELECT * FROM sign_on_providers WHERE tree_id = %s", (tree_id,)
        )
        return found.fetchone()

    # What each fact changes.

    @on(Tree.SingleSignOnSet)
    def set_up(self, db: Db, fact: Fact, event: Tree.SingleSignOnSet) -> None:
        self._clear(db, fact.stream)
        db.execute(
            "INSERT INTO sign_on_providers VALUES (%s, %s, %s, %s, %s, %s)",
            (
                fact.stream,
                event.issuer,
                event.client_id,
                event.client_secret_digest,
                list(event.domains),
                event.required,
            ),
        )
        for domain in event.domains:
            db.execute("INSERT INTO sign_on_domains VALUES (%s, %s)", (domain, fact.stream))

    @on(Tree.SingleSignOnRemoved)
    def removed(self, db: Db, fact: Fact, event: Tree.SingleSignOnRemoved) -> None:
        self._clear(db, fact.stream)

    def _clear(self, db: Db, tree_id: UUID) -> None:
        db.execute("DELETE FROM sign_on_domains WHERE tree_id = %s", (tree_id,))
        db.execute("DELETE FROM sign_on_providers WHERE tree_id = %s", (tree_id,))
