"""Statements of credits: how lines and balances of ledgers are written, many lines at a time.

What is spent is taken from a ledger's buckets in their order: this cycle's grant goes first, then what rolled
over from earlier ones, then what was topped up. A call that was already running may cost more than there is:
what is lacking is a debt, which the next credits pay first; `tests/proofs/test_ledger.py` says the same in
Python. Several spendings of one ledger are taken from what those before them left: a sum over the lines
before, held against the buckets as they stood.
"""

from __future__ import annotations

LINE = (
    "tree_id, position, number, at, entry, category, workspace_id, subject_id, amount_micros,"
    " grant_micros, rollover_micros, top_up_micros, debt_micros, balance_micros"
)

# What stands between two sums of what was spent, of a bucket that begins above another sum.
_TAKEN = """
    (least({size}, greatest(0, upto - ({below}))) - least({size}, greatest(0, before - ({below}))))
"""
_GRANT = _TAKEN.format(size="l.grant_micros", below="0")
_ROLLOVER = _TAKEN.format(size="l.rollover_micros", below="l.grant_micros")
_TOP_UP = _TAKEN.format(size="l.top_up_micros", below="l.grant_micros + l.rollover_micros")
_ALL = "(l.grant_micros + l.rollover_micros + l.top_up_micros)"
_DEBT = f"(greatest(0, upto - {_ALL}) - greatest(0, before - {_ALL}))"

SPENT_LINES = f"""
    INSERT INTO credit_lines ({LINE})
    SELECT tree_id, position, 0, at, entry, category, workspace_id, subject_id, -amount,
           -{_GRANT}, -{_ROLLOVER}, -{_TOP_UP}, {_DEBT}, {_ALL} - l.debt_micros - upto
      FROM (SELECT one.*,
                   (sum(amount) OVER (PARTITION BY tree_id ORDER BY position))::bigint AS upto,
                   (sum(amount) OVER (PARTITION BY tree_id ORDER BY position))::bigint - amount AS before
              FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[], %b::text[], %b::text[], %b::uuid[],
                          %b::uuid[], %b::bigint[])
                   AS one (tree_id, position, at, entry, category, workspace_id, subject_id, amount)) spent
      JOIN credit_ledgers l USING (tree_id)
"""
SPENT = """
    UPDATE credit_ledgers l
       SET grant_micros = l.grant_micros - least(l.grant_micros, upto),
           rollover_micros = l.rollover_micros
               - least(l.rollover_micros, greatest(0, upto - l.grant_micros)),
           top_up_micros = l.top_up_micros
               - least(l.top_up_micros, greatest(0, upto - l.grant_micros - l.rollover_micros)),
           debt_micros = l.debt_micros
               + greatest(0, upto - l.grant_micros - l.rollover_micros - l.top_up_micros)
      FROM unnest(%b::uuid[], %b::bigint[]) AS spent (tree_id, upto)
     WHERE l.tree_id = spent.tree_id
"""

# One fact, as its place and what it adds. A debt is paid first; the bucket gets what is left.
_ADDS = """
    unnest(%b::uuid[], %b::bigint[], %b::smallint[], %b::timestamptz[], %b::text[], %b::text[], %b::uuid[],
           %b::uuid[], %b::bigint[], %b::text[])
    AS f (tree_id, position, number, at, entry, category, workspace_id, subject_id, amount, bucket)
"""
_REST = "greatest(0, f.amount - l.debt_micros)"
_GETS = "CASE f.bucket WHEN '{bucket}' THEN " + _REST + " ELSE 0 END"
ADDED_LINE = f"""
    INSERT INTO credit_lines ({LINE})
    SELECT f.tree_id, f.position, f.number, f.at, f.entry, f.category, f.workspace_id, f.subject_id, f.amount,
           {_GETS.format(bucket="grant")}, {_GETS.format(bucket="rollover")}, {_GETS.format(bucket="top_up")},
           {_REST} - f.amount, {_ALL} - l.debt_micros + f.amount
      FROM {_ADDS} JOIN credit_ledgers l USING (tree_id)
"""
ADDED = f"""
    UPDATE credit_ledgers l
       SET grant_micros = l.grant_micros + {_GETS.format(bucket="grant")},
           rollover_micros = l.rollover_micros + {_GETS.format(bucket="rollover")},
           top_up_micros = l.top_up_micros + {_GETS.format(bucket="top_up")},
           debt_micros = greatest(0, l.debt_micros - f.amount)
      FROM {_ADDS} WHERE l.tree_id = f.tree_id
"""

# Of a ledger and another that credits come from or go to; each of them is written where it is read.
_MOVES = """
    (SELECT %s::uuid AS tree_id, %s::bigint AS position, %s::timestamptz AS at, %s::uuid AS other_id) f
"""
ROLLED_LINE = f"""
    INSERT INTO credit_lines ({LINE})
    SELECT f.tree_id, f.position, 0, f.at, 'rollover', NULL, NULL, NULL, 0,
           -l.grant_micros, l.grant_micros, 0, 0, {_ALL} - l.debt_micros
      FROM {_MOVES} JOIN credit_ledgers l USING (tree_id) WHERE l.grant_micros > 0
"""
# A grant that comes late, after that of a later cycle, is no way back to its own.
ROLLED = """
    UPDATE credit_ledgers
       SET rollover_micros = rollover_micros + grant_micros, grant_micros = 0,
           cycle_started_at = greatest(cycle_started_at, %s), cycle_ends_at = greatest(cycle_ends_at, %s)
     WHERE tree_id = %s
"""
# What is there as a grant is of a cycle that is over. Where there is a debt, the other ledger pays it; what
# comes pays a debt that is there. Of l, which it comes from, and m, which it goes to.
_PAID_BY = {
    "rollover": "least(m.debt_micros, l.grant_micros + l.rollover_micros)",
    "top_up": "least(greatest(0, m.debt_micros - l.grant_micros - l.rollover_micros), l.top_up_micros)",
}
_LENT_BY = {
    "grant": "least(m.grant_micros, l.debt_micros)",
    "rollover": "least(m.rollover_micros, greatest(0, l.debt_micros - m.grant_micros))",
    "top_up": "least(m.top_up_micros, greatest(0, l.debt_micros - m.grant_micros - m.rollover_micros))",
}
_IN = {
    "grant": f"-{_LENT_BY['grant']}",
    "rollover": f"l.grant_micros + l.rollover_micros - {_PAID_BY['rollover']} - {_LENT_BY['rollover']}",
    "top_up": f"l.top_up_micros - {_PAID_BY['top_up']} - {_LENT_BY['top_up']}",
    "debt": f"l.debt_micros - {' - '.join([*_PAID_BY.values(), *_LENT_BY.values()])}",
}
_ALL_OF_M = "(m.grant_micros + m.rollover_micros + m.top_up_micros - m.debt_micros)"
MOVED_IN_LINE = f"""
    INSERT INTO credit_lines ({LINE})
    SELECT f.tree_id, f.position, 0, f.at, 'thawed', NULL, NULL, f.other_id, {_ALL} - l.debt_micros,
           {_IN["grant"]}, {_IN["rollover"]}, {_IN["top_up"]}, {_IN["debt"]},
           {_ALL_OF_M} + {_ALL} - l.debt_micros
      FROM {_MOVES} JOIN credit_ledgers l ON l.tree_id = f.other_id
      JOIN credit_ledgers m ON m.tree_id = f.tree_id
"""
MOVED_IN = f"""
    UPDATE credit_ledgers m
       SET grant_micros = m.grant_micros + {_IN["grant"]},
           rollover_micros = m.rollover_micros + {_IN["rollover"]},
           top_up_micros = m.top_up_micros + {_IN["top_up"]},
           debt_micros = m.debt_micros + {_IN["debt"]}
      FROM {_MOVES} JOIN credit_ledgers l ON l.tree_id = f.other_id WHERE m.tree_id = f.tree_id
"""
MOVED_OUT_LINE = f"""
    INSERT INTO credit_lines ({LINE})
    SELECT f.tree_id, f.position, 0, f.at, 'moved_out', NULL, NULL, f.other_id, l.debt_micros - {_ALL},
           -l.grant_micros, -l.rollover_micros, -l.top_up_micros, -l.debt_micros, 0
      FROM {_MOVES} JOIN credit_ledgers l USING (tree_id)
"""
MOVED_OUT = """
    UPDATE credit_ledgers
       SET grant_micros = 0, rollover_micros = 0, top_up_micros = 0, debt_micros = 0
     WHERE tree_id = %s
"""

USED = """
    INSERT INTO credit_uses AS u
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::uuid[], %b::bigint[], %b::bigint[])
    ON CONFLICT (workspace_id, cycle_started_at) DO UPDATE
       SET spent_micros = u.spent_micros + excluded.spent_micros,
           held_micros = u.held_micros + excluded.held_micros
"""
HELD = """
    UPDATE credit_ledgers l SET held_micros = l.held_micros + held.micros
      FROM unnest(%b::uuid[], %b::bigint[]) AS held (tree_id, micros) WHERE l.tree_id = held.tree_id
"""

LEFT_BEHIND = """
    SELECT DISTINCT ON (l.tree_id) l.tree_id, n.tree_id AS to_tree_id
      FROM credit_ledgers l JOIN access_trees t USING (tree_id)
      JOIN access_trees u ON u.anchor_id = t.anchor_id
      JOIN credit_ledgers n ON n.tree_id = u.tree_id AND NOT n.frozen
     WHERE l.frozen AND (l.grant_micros, l.rollover_micros, l.top_up_micros, l.debt_micros) <> (0, 0, 0, 0)
     ORDER BY l.tree_id, n.cycle_started_at DESC NULLS LAST LIMIT %s
"""
