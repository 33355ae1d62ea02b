"""What the database answers a role that may not look for itself: each a function of the owner's.

Those that read what a transaction has named are asked once for a query, not for each row. Those that look
into tables do so with the rights of the owner; only roles that were let in may call them.
"""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import Connection

# Made by the owner, in a schema where nobody else makes anything; a session's own tables come last.
OWNERS: LiteralString = "SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql"

# What a transaction has named. A setting that nobody made yet is NULL, and after a transaction it is empty.
NAMED: dict[LiteralString, LiteralString] = {
    "heartwood_tenants() RETURNS uuid[]": "nullif(current_setting('heartwood.tenants', true), '')::uuid[]",
    "heartwood_person() RETURNS uuid": "nullif(current_setting('heartwood.person', true), '')::uuid",
    "heartwood_keys() RETURNS text[]": "nullif(current_setting('heartwood.keys', true), '')::text[]",
    "heartwood_subjects() RETURNS uuid[]": "nullif(current_setting('heartwood.subjects', true), '')::uuid[]",
    "heartwood_secret() RETURNS bytea": (
        "decode(nullif(current_setting('heartwood.secret', true), ''), 'hex')"
    ),
    "heartwood_everybody() RETURNS boolean": (
        "coalesce(current_setting('heartwood.everybody', true), '') = 'on'"
    ),
}

# What that brings with it.
BROUGHT: dict[LiteralString, LiteralString] = {
    # Where the person belongs, the children of where they lead, and what they look into for support.
    "heartwood_places() RETURNS uuid[]": """
        SELECT array_agg(workspace_id) FROM (
            SELECT workspace_id FROM access_members WHERE person_id = heartwood_person()
            UNION ALL
            SELECT w.workspace_id FROM access_members m
              JOIN access_workspaces w ON w.parent_id = m.workspace_id
             WHERE m.person_id = heartwood_person() AND m.role IN ('owner', 'admin', 'auditor')
            UNION ALL
            SELECT w.workspace_id FROM access_looks l
              JOIN access_workspaces w ON l.workspace_id IN (w.workspace_id, w.parent_id)
             WHERE l.person_id = heartwood_person() AND l.ended_at IS NULL) place
    """,
    # The pools that workspaces draw on.
    "heartwood_pools() RETURNS uuid[]": """
        SELECT array_agg(pool_id) FROM pool_draws WHERE workspace_id = ANY (heartwood_tenants())
    """,
    # And those that they ever drew on, as far as the screens tell, which may be a moment behind.
    "heartwood_terms() RETURNS uuid[]": """
        SELECT array_agg(pool_id) FROM (
            SELECT pool_id FROM pool_draws WHERE workspace_id = ANY (heartwood_tenants())
            UNION
            SELECT tree_id FROM dashboard WHERE workspace_id = ANY (heartwood_tenants())
            UNION
            SELECT pool_id FROM usage_by_workspace WHERE workspace_id = ANY (heartwood_tenants())) pool
    """,
    "heartwood_invoices() RETURNS text[]": """
        SELECT array_agg(invoice_id) FROM invoices WHERE tree_id = ANY (heartwood_tenants())
    """,
    # Whether a fact of another's stream is about them: asked of a row that nothing else lets in.
    "heartwood_tells_of(of_log text, at_position bigint) RETURNS boolean": """
        SELECT EXISTS (SELECT FROM event_index WHERE log = of_log AND position = at_position
           AND (workspace_id = ANY (heartwood_tenants()) OR tree_id = ANY (heartwood_tenants())))
    """,
    # What an anchor leads: its trees, also those that ended, and all that was ever part of them.
    "heartwood_led_by(anchor uuid) RETURNS uuid[]": """
        SELECT array_agg(id) FILTER (WHERE id IS NOT NULL) FROM (
            SELECT anchor AS id
            UNION
            SELECT tree_id FROM access_trees WHERE anchor_id = anchor
            UNION
            SELECT i.workspace_id FROM access_trees t JOIN event_index i ON i.tree_id = t.tree_id
             WHERE t.anchor_id = anchor AND i.log = 'agency' AND i.topic IN
                   ('Workspace.Opened', 'Workspace.BecameAnchor', 'Workspace.Adopted')) part
    """,
    # The same by a tree, and the notices behind what happened in it.
    "heartwood_behind(tree uuid) RETURNS uuid[]": """
        SELECT array_agg(id) FILTER (WHERE id IS NOT NULL) FROM (
            SELECT unnest(heartwood_led_by(anchor_id)) AS id FROM access_trees WHERE tree_id = tree
            UNION
            SELECT n.stream FROM event_index n
             WHERE n.log = 'agency' AND n.topic LIKE 'StripeNotice.%' AND n.story IN
                   (SELECT story FROM event_index WHERE log = 'agency' AND tree_id = tree)) part
    """,
    # When the last fact of a log up to a position was recorded, whose ever it is: positions say as much.
    "heartwood_instant(of_log text, at_position bigint) RETURNS timestamptz": """
        SELECT at FROM event_index WHERE log = of_log AND position <= at_position
         ORDER BY position DESC LIMIT 1
    """,
    # The last fact until an instant of those that tell something to who is named: their own, and of the trees
    # that they draw from when the plan and the cycle changed. A tree that was left goes on without them. By
    # whom they are about and not by position, through which everybody's would be gone from the newest back.
    "heartwood_last_told(of_log text, until timestamptz) RETURNS bigint": """
        SELECT coalesce(max(told.position), 0) FROM (
            SELECT position FROM event_index
             WHERE log = of_log AND at <= until AND tree_id = ANY (heartwood_tenants())
            UNION ALL
            SELECT position FROM event_index
             WHERE log = of_log AND at <= until AND workspace_id = ANY (heartwood_tenants())
            UNION ALL
            SELECT i.position FROM event_index i JOIN (
                   SELECT tree_id, max(position) AS last FROM event_index
                    WHERE log = 'agency' AND workspace_id = ANY (heartwood_tenants()) GROUP BY tree_id) part
                ON i.stream = part.tree_id
             WHERE i.log = of_log AND i.at <= until
               AND i.topic IN ('Tree.Founded', 'Tree.SubscriptionStarted', 'Tree.CycleStarted',
                               'Tree.PlanChanged', 'Tree.SubscriptionEnded')
               AND (i.position <= part.last OR EXISTS (
                   SELECT FROM access_workspaces w
                    WHERE w.workspace_id = ANY (heartwood_tenants()) AND w.tree_id = part.tree_id))
            OFFSET 0) told
    """,
    # Where the logs end is no secret, and nothing of what is in them.
    "heartwood_head(of_log text) RETURNS bigint": """
        SELECT CASE of_log WHEN 'agency' THEN (SELECT coalesce(max(notification_id), 0) FROM agency_events)
                         WHEN 'metering' THEN (SELECT coalesce(max(notification_id), 0) FROM metering_events)
               END
    """,
}

# One more leaf than the last of all, of whichever index is meant: a rebuild fills another one.
LAST_LEAF: LiteralString = (
    """
    CREATE OR REPLACE FUNCTION heartwood_last_leaf(index regclass, of_log text) RETURNS bigint STABLE
"""
    + OWNERS
    + """ AS $$
    DECLARE last bigint;
    BEGIN
        IF index = 'public.event_index'::regclass THEN
            RETURN (SELECT coalesce(max(leaf), -1) FROM public.event_index WHERE log = of_log);
        ELSIF index::text <> 'heartwood_shadow.event_index' THEN
            RAISE insufficient_privilege;
        END IF;
        EXECUTE format('SELECT coalesce(max(leaf), -1) FROM %s WHERE log = $1', index) INTO last USING of_log;
        RETURN last;
    END $$
"""
)

# LOCK TABLE asks for a right to change the table, which other right in each version of PostgreSQL.
LOCK_LOG: LiteralString = (
    """
    CREATE OR REPLACE FUNCTION heartwood_lock_log(of_log text) RETURNS void VOLATILE
"""
    + OWNERS
    + """ AS $$
    BEGIN
        CASE of_log
            WHEN 'agency' THEN LOCK TABLE agency_events IN EXCLUSIVE MODE;
            WHEN 'metering' THEN LOCK TABLE metering_events IN EXCLUSIVE MODE;
        END CASE;
    END $$
"""
)

PARTITIONS_LOCK = 7_201_005
PARTITIONS_MAX = 2_000  # many times the months of all promises

# Made beside and then attached, so that nobody who writes to another partition has to wait.
HAVE_USAGE = f"""
    CREATE OR REPLACE FUNCTION heartwood_have_usage(kept smallint, received timestamptz) RETURNS void VOLATILE
    {OWNERS} SET timezone = 'UTC' AS $$
    DECLARE
        month timestamptz := date_trunc('month', received);
        name text := 'usage_' || kept || '_' || to_char(month, 'YYYY_MM');
    BEGIN
        PERFORM pg_advisory_xact_lock({PARTITIONS_LOCK});
        IF EXISTS (SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
                    WHERE inhparent = 'usage'::regclass AND relname = name) THEN
            RETURN;
        ELSIF (SELECT count(*) FROM pg_inherits WHERE inhparent = 'usage'::regclass) >= {PARTITIONS_MAX} THEN
            RAISE program_limit_exceeded;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE usage INCLUDING DEFAULTS)', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owners ON %I TO CURRENT_ROLE USING (true)', name);
        EXECUTE format('ALTER TABLE usage ATTACH PARTITION %I FOR VALUES FROM (%s, %L) TO (%s, %L)',
                       name, kept, month, kept, month + interval '1 month');
    END $$
"""


# The facts that the screens of those who are named were made of, in order, a page of them. `own` are about
# them; the others are the trees that they ever drew from, of which they are told the plan and the cycle.
# Who reads many facts by their positions is better off without a plan that reads them all.
_OWN = """
    SELECT i.position FROM event_index i WHERE i.log = %(log)s AND i.tree_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = %(log)s AND i.workspace_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = %(log)s AND i.stream = ANY (named)
       AND i.position > after AND i.position <= upto
"""
_NOTICES = """
    UNION
    SELECT t.position FROM invoices v JOIN timeline t
        ON t.fields->>'object_id' = v.invoice_id AND t.name = 'StripeNotice.Received'
     WHERE v.tree_id = ANY (named) AND t.position > after AND t.position <= upto
"""
_TERMS = """
    UNION ALL
    SELECT i.position, false FROM event_index i WHERE i.log = 'agency' AND i.stream IN (
        SELECT b.tree_id FROM event_index b WHERE b.log = 'agency' AND b.workspace_id = ANY (named)
           AND b.tree_id <> ALL (named))
       AND i.position > after AND i.position <= upto
"""
_FACTS = """
    RETURN QUERY
    SELECT e.notification_id, e.append, e.originator_id, e.originator_version, e.topic, e.state, f.own
      FROM (SELECT position, true AS own FROM ({own}) o {terms} ORDER BY 1 LIMIT many) f
      JOIN {log}_events e ON e.notification_id = f.position ORDER BY 1
"""
_AGENCY_FACTS = _FACTS.format(log="agency", own=_OWN % {"log": "'agency'"} + _NOTICES, terms=_TERMS)
_USAGE_FACTS = _FACTS.format(log="metering", own=_OWN % {"log": "'metering'"}, terms="")
PAST = f"""
    CREATE OR REPLACE FUNCTION heartwood_past(of_log text, after bigint, upto bigint, many integer)
    RETURNS TABLE (notification_id bigint, append bigint, originator_id uuid, originator_version bigint,
                   topic text, state bytea, own boolean) STABLE
    {OWNERS} SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan
    AS $$
    #variable_conflict use_column
    DECLARE named uuid[] := heartwood_tenants();
    BEGIN
        IF of_log = 'agency' THEN {_AGENCY_FACTS};
        ELSE {_USAGE_FACTS};
        END IF;
    END $$
"""


def create(db: Connection[Any]) -> None:
    """Make them, or make them anew; they name tables that need not be there yet."""
    for signature, expression in NAMED.items():
        db.execute(
            f"CREATE OR REPLACE FUNCTION {signature} STABLE PARALLEL SAFE LANGUAGE sql"
            f" AS $$ SELECT {expression} $$"
        )
    for signature, query in BROUGHT.items():
        db.execute(
            f"CREATE OR REPLACE FUNCTION {signature} STABLE PARALLEL SAFE {OWNERS}"
            f" AS $$ BEGIN RETURN ({query}); END $$"
        )
    for statement in (LAST_LEAF, LOCK_LOG, HAVE_USAGE, PAST):
        db.execute(statement)
    db.execute(f"REVOKE ALL ON FUNCTION {', '.join(functions())} FROM PUBLIC")


def functions() -> list[LiteralString]:
    """Those that look further than at settings."""
    return [
        *(signature.partition(" RETURNS")[0] for signature in BROUGHT),
        "heartwood_last_leaf(regclass, text)",
        "heartwood_lock_log(text)",
        "heartwood_have_usage(smallint, timestamptz)",
        "heartwood_past(text, bigint, bigint, integer)",
    ]
