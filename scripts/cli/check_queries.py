"""The questions of the checks: each asks for what should not be there."""

from __future__ import annotations

# The leaf as `projections.event_index` makes it, but by PostgreSQL itself: a second opinion.
LEAF_HASH = r"""sha256('\x00'::bytea || uuid_send(e.originator_id) || int8send(e.originator_version)
    || int4send(octet_length(convert_to(e.topic, 'UTF8'))) || convert_to(e.topic, 'UTF8') || e.state)"""

LEAVES = f"""
    SELECT count(e.notification_id) AS facts,
           count(*) FILTER (WHERE i.position IS NULL) AS unlisted,
           count(*) FILTER (WHERE e.notification_id IS NULL) AS orphaned,
           count(*) FILTER (WHERE i.leaf <> e.leaf) AS misplaced,
           count(*) FILTER (WHERE i.leaf_hash <> {LEAF_HASH}
               OR (i.stream, i.version, i.topic)
               <> (e.originator_id, e.originator_version, e.topic)) AS altered
      FROM (SELECT *, row_number() OVER (ORDER BY notification_id) - 1 AS leaf
              FROM public.{{log}}_events) e
      FULL JOIN (SELECT * FROM event_index WHERE log = %(log)s) i ON i.position = e.notification_id
"""

GAPS = """
    SELECT count(*) AS streams
      FROM (SELECT 1 FROM public.{log}_events GROUP BY originator_id
            HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*)) s
"""

HEADS = """
    SELECT h.log, h.size, h.at, coalesce(leaves, 0) AS leaves
      FROM (SELECT DISTINCT ON (log) * FROM proof_heads ORDER BY log, size DESC) h
      LEFT JOIN (SELECT log, max(leaf) + 1 AS leaves FROM event_index GROUP BY log) i USING (log)
     ORDER BY 1
"""

COUNTED = """
    SELECT originator_id, convert_from(state, 'UTF8')::jsonb AS fields
      FROM public.metering_events WHERE topic = 'Usage.Counted'
"""

VOIDED = """
    SELECT convert_from(state, 'UTF8')::jsonb AS fields
      FROM public.metering_events WHERE topic = 'Correction.Voided'
"""

POOLS = f"""
    SELECT pool_id, cycle_started_at, c.used AS counted, f.used AS facts
      FROM pool_counts c
      FULL JOIN (SELECT (fields->>'pool_id')::uuid AS pool_id,
                        (fields->>'cycle_started_at')::timestamptz AS cycle_started_at,
                        sum(sign * (fields->>'quantity')::bigint) AS used
                   FROM (SELECT 1 AS sign, fields FROM ({COUNTED}) c
                          UNION ALL SELECT -1, fields FROM ({VOIDED}) v) m GROUP BY 1, 2) f
             USING (pool_id, cycle_started_at)
     WHERE c.used IS DISTINCT FROM f.used ORDER BY 1, 2
"""

# What a ledger has against the sum of its lines, each line against the one before, and what calls hold
# against the facts of those that run.
LEDGERS = """
    WITH lines AS (
        SELECT tree_id, sum(amount_micros) AS amount, sum(grant_micros) AS granted,
               sum(rollover_micros) AS rollover, sum(top_up_micros) AS top_up, sum(debt_micros) AS debt,
               count(*) FILTER (WHERE balance_micros <> running) AS broken,
               count(*) FILTER (WHERE amount_micros
                   <> grant_micros + rollover_micros + top_up_micros - debt_micros) AS uneven
          FROM (SELECT *, sum(amount_micros) OVER (PARTITION BY tree_id ORDER BY position, number) AS running
                  FROM credit_lines) line
         GROUP BY 1
    ), holding AS (
        SELECT (fields->>'tree_id')::uuid AS tree_id,
               sum(coalesce((fields->>'hold_micros')::bigint, 0)
                   - coalesce((fields->>'released_micros')::bigint, 0)) AS held
          FROM (SELECT convert_from(state, 'UTF8')::jsonb AS fields FROM public.metering_events
                 WHERE topic IN ('Call.Begun', 'Call.Ended', 'Call.Abandoned')) fact
         GROUP BY 1
    )
    SELECT l.tree_id, l.grant_micros + l.rollover_micros + l.top_up_micros - l.debt_micros AS balance,
           coalesce(s.amount, 0) AS lines, l.held_micros AS held, coalesce(h.held, 0) AS running
      FROM credit_ledgers l LEFT JOIN lines s USING (tree_id) LEFT JOIN holding h USING (tree_id)
     WHERE (l.grant_micros, l.rollover_micros, l.top_up_micros, l.debt_micros, 0, 0)
           IS DISTINCT FROM (coalesce(s.granted, 0), coalesce(s.rollover, 0), coalesce(s.top_up, 0),
                             coalesce(s.debt, 0), coalesce(s.broken, 0), coalesce(s.uneven, 0))
        OR l.held_micros <> coalesce(h.held, 0)
     ORDER BY 1
"""

# Rows may be gone altogether once a partition is gone that may have held them: of a workspace that stood
# alone that is the one of Free, of a tree one of the others.
USAGE = f"""
    SELECT batch_id, u.rows, f.events
      FROM (SELECT batch_id, count(*) AS rows FROM usage GROUP BY batch_id) u
      FULL JOIN (SELECT originator_id AS batch_id, (fields->>'quantity')::bigint AS events,
                        fields->>'tree_id' IS NOT NULL AS is_paid,
                        to_char((fields->>'timestamp')::timestamptz AT TIME ZONE 'UTC', 'YYYY_MM') AS month
                   FROM ({COUNTED}) m) f USING (batch_id)
     WHERE u.rows IS DISTINCT FROM f.events
       AND NOT (u.rows IS NULL AND EXISTS (
            SELECT FROM (VALUES (30, false), (365, true), (730, true)) AS promise (kept_days, of_paid)
             WHERE of_paid = is_paid AND to_regclass('usage_' || kept_days || '_' || month) IS NULL))
     ORDER BY 1
"""

OUTBOX = """
    SELECT count(*) FILTER (WHERE done_at IS NULL AND gave_up_at IS NULL) AS waiting,
           count(gave_up_at) AS given_up,
           (SELECT last_error FROM outbox WHERE gave_up_at IS NOT NULL
             ORDER BY gave_up_at DESC LIMIT 1) AS last_error
      FROM outbox
"""

OWNERLESS = """
    SELECT workspace_id FROM access_workspaces w
     WHERE NOT EXISTS (SELECT FROM access_members m
                        WHERE m.workspace_id = w.workspace_id AND m.role = 'owner')
     ORDER BY 1
"""

# Children by the facts of their trees, against what the gate believes.
TREES = """
    WITH told AS (
        SELECT originator_id AS tree_id, split_part(topic, '.', 2) AS name,
               convert_from(state, 'UTF8')::jsonb AS fields
          FROM public.agency_events WHERE topic LIKE 'Tree.%'
    ), moved AS (
        SELECT tree_id, fields->>'child_id' AS child_id,
               CASE name WHEN 'ChildAdded' THEN 1 ELSE -1 END AS step
          FROM told WHERE name IN ('ChildAdded', 'ChildRemoved')
        UNION ALL
        SELECT tree_id, jsonb_array_elements_text(fields->'children_released'), -1
          FROM told WHERE name = 'PlanChanged'
    ), children AS (
        SELECT tree_id, child_id::uuid AS workspace_id
          FROM moved
         WHERE tree_id NOT IN (SELECT tree_id FROM told WHERE name = 'SubscriptionEnded')
         GROUP BY 1, 2 HAVING sum(step) > 0
    )
    SELECT workspace_id
      FROM children c
      FULL JOIN (SELECT * FROM access_workspaces WHERE parent_id IS NOT NULL) w
                USING (tree_id, workspace_id)
      LEFT JOIN access_trees t USING (tree_id)
     WHERE c.tree_id IS NULL OR w.parent_id IS DISTINCT FROM t.anchor_id
     ORDER BY 1
"""

GATE = """
    SELECT workspace_id
      FROM access_workspaces a FULL JOIN dashboard d USING (workspace_id)
     WHERE (a.tree_id, a.parent_id, a.plan) IS DISTINCT FROM (d.tree_id, d.parent_id, d.plan)
        OR a.workspace_id IS NULL OR d.workspace_id IS NULL
     ORDER BY 1
"""
