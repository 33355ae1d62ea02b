"""Which rights the web's role has in each table, and which rows it sees there.

The owner's programs see every row, by a policy that says so. Any other role sees the rows of those whom its
transaction has named: a question that forgot to say whose rows it means is answered with none. An event is
added and read, and nobody but the owner could change or remove one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from adapters.postgres import guards

READ = ("SELECT",)
ADD = ("SELECT", "INSERT")
CHANGE = (*ADD, "UPDATE")
ALL = (*CHANGE, "DELETE")

NOBODY = "false"
ANYBODY = "true"
EVERYBODY = "(SELECT heartwood_everybody())"


def one_of(what: str, *columns: str, kind: str = "uuid") -> str:
    """A column among what is named; what is named is found out once for a query."""
    return " OR ".join(f"{column} = ANY ((SELECT heartwood_{what}())::{kind}[])" for column in columns)


@dataclass(frozen=True, kw_only=True)
class Protected:
    """may: the verbs of the web's role. of: whose rows they are about. seen: which more may be read.
    ended: what is nobody's any more, and may be removed by anybody."""

    may: tuple[str, ...] = ()
    of: str = NOBODY
    seen: str = NOBODY
    ended: str = NOBODY


def _of(*columns: str, may: tuple[str, ...] = READ, seen: str = NOBODY) -> Protected:
    return Protected(may=may, of=one_of("tenants", *columns), seen=seen)


def _whole(may: tuple[str, ...] = READ) -> Protected:
    """What names nobody's rows, for support and for our own health."""
    return Protected(may=may, seen=EVERYBODY)


_SECRET = "(SELECT heartwood_secret())"
_INVOICES = one_of("invoices", "invoice_id", kind="text")
_SUBJECTS = one_of("subjects", "subject_id")
_PERSON = "person_id = (SELECT heartwood_person())"
_NAMES_PERSON = (  # as a person is named by facts
    "actor = (SELECT 'person:' || heartwood_person()) OR (SELECT heartwood_person()) IN (person_id, heir_id)"
)
_KEYS = one_of("keys", "key_id", kind="text")

PROTECTED: dict[str, Protected] = {
    # The logs.
    "agency_events": _of("originator_id", may=ADD, seen="heartwood_tells_of('agency', notification_id)"),
    "metering_events": _of("originator_id", may=ADD, seen="heartwood_tells_of('metering', notification_id)"),
    "event_index": _of("stream", "workspace_id", "tree_id", may=ADD, seen=EVERYBODY),
    "outbox": _of("stream", may=ADD, seen=EVERYBODY),
    # Who may come in.
    "access_workspaces": _of(
        "workspace_id", may=ALL, seen=f"{one_of('places', 'workspace_id')} OR {EVERYBODY}"
    ),
    "access_members": _of("workspace_id", may=ALL, seen=_PERSON),
    "access_trees": _of(
        "tree_id", "anchor_id", may=ADD, seen=f"{one_of('places', 'anchor_id')} OR {EVERYBODY}"
    ),
    "access_looks": _of("workspace_id", may=CHANGE, seen=_PERSON),
    "access_keys": _of("workspace_id", may=CHANGE, seen=_KEYS),
    "sessions": Protected(
        may=ALL,
        of=f"{_SECRET} IN (token_sha256, next_sha256, former_sha256) OR {_PERSON}",
        ended="begun_at <= now() - interval '30 days' OR seen_at <= now() - interval '7 days'",
    ),
    "sign_in_links": Protected(may=ALL, of=f"token_sha256 = {_SECRET}", ended="expires_at <= now()"),
    "attempts": Protected(may=ALL, of=f"key_mac = {_SECRET}", ended="ends_at <= now()"),
    "saved_views": Protected(may=ALL, of=_PERSON),
    "key_traffic": Protected(may=CHANGE, of=_KEYS),
    # What was used, and of what.
    "pools": _of("pool_id", may=CHANGE, seen=one_of("pools", "pool_id")),
    "pool_draws": _of("workspace_id", may=ALL),
    "pool_counts": _of("pool_id", may=CHANGE, seen=f"{one_of('pools', 'pool_id')} OR {EVERYBODY}"),
    "pool_overages": _of("tree_id", may=CHANGE, seen=EVERYBODY),
    "credit_ledgers": _of("tree_id", may=CHANGE, seen=EVERYBODY),
    "credit_lines": _of("tree_id", may=ADD),
    "top_ups": _of("tree_id", seen=EVERYBODY),
    "top_up_settings": _of("tree_id", seen=EVERYBODY),
    "credit_uses": _of("workspace_id", "tree_id", may=CHANGE),
    "usage": _of("workspace_id", may=ADD),
    "usage_keys": _of("workspace_id", may=ADD),
    # The screens.
    "dashboard": _of("workspace_id"),
    "visibility": _of("workspace_id", may=ALL),
    "visibility_defaults": _of("tree_id", may=CHANGE),
    "customers": _of("workspace_id", "tree_id", "anchor_id", may=CHANGE),
    "members": _of("workspace_id", seen=_PERSON),
    "invitations": _of("workspace_id", seen=_PERSON),
    "subscriptions": _of("tree_id", "anchor_id", seen=f"{one_of('terms', 'tree_id')} OR {EVERYBODY}"),
    "subscription_disputes": _of("tree_id", seen=one_of("terms", "tree_id")),
    "usage_by_workspace": _of("workspace_id", "pool_id"),
    "usage_by_day": _of("pool_id"),
    "pool_cycles": _of("tree_id", seen=f"{one_of('terms', 'tree_id')} OR {EVERYBODY}"),
    "quota_notices": _of("pool_id", seen=one_of("terms", "pool_id")),
    "budgets": _of("workspace_id", "tree_id", may=ALL),
    "budget_notices": _of("workspace_id", "tree_id"),
    "use_days": _of("workspace_id", "tree_id"),
    "invoices": _of("tree_id"),
    "invoice_lines": Protected(may=READ, of=_INVOICES),
    "invoice_course": Protected(may=READ, of=_INVOICES),
    "voided_events": _of("workspace_id"),
    "calls": _of("workspace_id"),
    "call_retention": _of("workspace_id"),
    "calling_workspaces": _of("workspace_id"),
    "knowledge_bases": _of("workspace_id"),
    "knowledge_documents": _of("workspace_id"),
    "phone_numbers": _of("workspace_id"),
    "phone_number_months": _of("workspace_id"),
    "credit_requests": _of("tree_id", seen=EVERYBODY),
    "timeline": _of("workspace_id", "tree_id", seen=f"{_NAMES_PERSON} OR {EVERYBODY}"),
    **dict.fromkeys(("agents", "agent_prompts", "agent_knowledge", "agent_actions"), _of("workspace_id")),
    # Whoever shows a widget knows its id, and who reads it there nothing else.
    "deployments": _of("workspace_id", seen=f"sha256(convert_to(deployment_id::text, 'UTF8')) = {_SECRET}"),
    "actions": _of("workspace_id"),
    "templates": _of("tree_id"),
    "template_starts": _of("tree_id"),
    # By the digest of a mail domain, which is not much of a secret.
    "sign_on_providers": _of(
        "tree_id",
        may=ALL,
        seen=f"{_SECRET} IN (SELECT sha256(convert_to(one, 'UTF8')) FROM unnest(domains) AS one)",
    ),
    "sign_on_domains": _of("tree_id", may=ALL, seen=f"sha256(convert_to(domain, 'UTF8')) = {_SECRET}"),
    # The vault.
    "vault_keys": Protected(may=ADD, of=_SUBJECTS),
    "vault_entries": Protected(may=ALL, of=_SUBJECTS),
    "vault_erased": Protected(may=READ, of=_SUBJECTS),
    "vault_addresses": Protected(may=ADD, of=f"address_mac = {_SECRET}"),
    # What is nobody's.
    "bookmarks": Protected(may=READ, seen=ANYBODY),  # how far the screens have come, for who waits for them
    "proof_heads": Protected(may=READ, seen=ANYBODY),  # hashes of hashes, which tell of nobody
    "proof_tiles": Protected(may=READ, seen=ANYBODY),
    "parked": _whole(),
    "job_runs": _whole(),
    "rebuilds": Protected(may=ADD, of=EVERYBODY),  # support asks for one, and the worker makes it
    "rebuilt": _whole(),
    "lag_samples": _whole(),
    "reconciliations": _whole(),
    "drifts": _whole(),
    "schema_version": Protected(),
    "secret_marks": Protected(may=READ, seen=ANYBODY),  # which of our secrets is the newest
}
SEQUENCES = (
    "agency_events_notification_id_seq", "metering_events_notification_id_seq", "outbox_entry_id_seq",
)  # fmt: skip

# Partitions are read and written through the table that they are part of, and else by the owner only.
PARTITIONS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'usage'::regclass"
LET_IN = """
    SELECT DISTINCT rolname AS name FROM pg_class, aclexplode(relacl) JOIN pg_roles r ON r.oid = grantee
     WHERE pg_class.oid = 'public.bookmarks'::regclass AND grantee <> relowner ORDER BY 1
"""


def protect_all(db: Connection[Any]) -> None:
    """Every table that is there, and for the roles that were let in before; in the caller's transaction."""
    there = db.execute("SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    names = {row["name"] for row in there}
    for table in PROTECTED:
        if table in names:
            protect(db, table)
    for row in db.execute(PARTITIONS).fetchall():
        db.execute(_protection(Identifier(row["name"]), Protected()))
    for role in let_in(db):
        let_in_role(db, role)


def protect(db: Connection[Any], table: str) -> None:
    db.execute(_protection(Identifier("public", table), PROTECTED[table]))


def _protection(table: Identifier, protected: Protected) -> Composed:
    """The same policies however often it is said; in one message."""
    policies = {
        "owners": "TO CURRENT_ROLE USING (true)",
        "named": f"USING ({protected.of})",
        "seen": f"FOR SELECT USING ({protected.seen})",
        "ended": f"USING ({protected.ended}) WITH CHECK (false)",
    }
    wanted = {name: text for name, text in policies.items() if f"USING ({NOBODY})" not in text}
    statements = [
        SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(table),
        *(SQL("DROP POLICY IF EXISTS {} ON {}").format(Identifier(name), table) for name in policies),
        *(
            SQL("CREATE POLICY {} ON {} {}").format(Identifier(name), table, SQL(text))
            for name, text in wanted.items()
        ),
    ]
    return SQL("; ").join(statements)


def let_in(db: Connection[Any]) -> list[str]:
    """The roles besides the owner's that may ask anything."""
    return [row["name"] for row in db.execute(LET_IN).fetchall()]


def let_in_role(db: Connection[Any], role: str) -> None:
    """Exactly what the table above says."""
    db.execute(SQL("; ").join(_grants(role, PROTECTED)))
    functions = SQL(", ".join(guards.functions()))
    sequences = SQL(", ").join(Identifier("public", name) for name in SEQUENCES)
    who = Identifier(role)
    db.execute(SQL("GRANT USAGE ON SCHEMA public TO {}").format(who))
    db.execute(SQL("REVOKE ALL ON SEQUENCE {} FROM {}").format(sequences, who))
    db.execute(SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sequences, who))
    db.execute(SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(functions, who))


def let_in_again(db: Connection[Any], table: str, roles: Iterable[str]) -> None:
    """Protect a table that has taken the place of another, and let the same roles in."""
    protect(db, table)
    for role in roles:
        db.execute(SQL("; ").join(_grants(role, [table])))


def keep_out(db: Connection[Any], role: str) -> None:
    """A role that was the web's before, and is not any more."""
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        db.execute(SQL(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {{}}").format(Identifier(role)))
    db.execute(SQL("REVOKE ALL ON SCHEMA public FROM {}").format(Identifier(role)))


def _grants(role: str, tables: Iterable[str]) -> Iterable[Composed]:
    for table in tables:
        place, who = Identifier("public", table), Identifier(role)
        yield SQL("REVOKE ALL ON TABLE {} FROM {}").format(place, who)
        if may := PROTECTED[table].may:
            verbs = SQL(", ").join(SQL(verb) for verb in may)
            yield SQL("GRANT {} ON TABLE {} TO {}").format(verbs, place, who)
