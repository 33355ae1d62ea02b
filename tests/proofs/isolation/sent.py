"""What is sent beside an address: names behind the ?, ids that no view reads, headers, methods."""

from __future__ import annotations

# What is read behind the ?: an id of this kind, or a word that names nobody's things.
QUERY = {
    "workspace": "workspace",
    "tree": "tree",
    "checkout_id": "checkout",
    "actor": "actor",
    "person": "person",
    "story": "story",
    "name": None,
    "text": None,
    "part": None,
    "since": None,
    "until": None,
    "before": None,
    "after": None,
    "line": None,
    "cycle": None,
    "from": None,
    "to": None,
    "group_by": None,
    "deed": None,
    "at": None,
    "plan": None,
    "role": None,
    "all": None,
    "invoices": None,
    "next": None,
    "then": None,
    "state": None,
    "code": None,
    "iss": None,
    "error": None,
    "as_of": None,
    "step": None,
    "screen": None,
    "position": None,
}
# What no view reads, and a careless one might: in addresses, in forms, in bodies.
UNASKED = {
    "workspace_id": "workspace",
    "tree_id": "tree",
    "parent_org_id": "workspace",
    "person_id": "person",
    "key_id": "key",
    "event_id": "event",
    "invoice_id": "invoice",
}
HEADERS = {
    "X-Workspace-Id": "workspace",
    "X-Tree-Id": "tree",
    "X-Person-Id": "person",
    "X-Forwarded-User": "actor",
    "X-Original-URL": "path",
    "X-Rewrite-URL": "path",
    "X-Forwarded-Prefix": "path",
    "Referer": "path",
    "Idempotency-Key": "event",
    "If-None-Match": "workspace",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
