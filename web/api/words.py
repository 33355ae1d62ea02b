"""What each member of a body means, in one sentence wherever it stands, and what an example of it is."""

from __future__ import annotations

from web.api import customer_types
from web.api.agent_words import AGENT_WORDS
from web.api.body import DEPTH_MAX, METADATA_BYTES_MAX
from web.api.call_operations import MEANINGS as OF_CALLS
from web.api.call_operations import WORDS as SAID_OF_CALLS
from web.api.compared import MEANINGS
from web.api.credited import MEANINGS as OF_CREDITS
from web.api.deployed_told import MEANINGS as DEPLOYED_MEANINGS
from web.api.knowledge_told import MEANINGS as HELD_MEANINGS

SENT = {
    "agent_id": "Which agent did it, as you name it.",
    "task_type": "What kind of task it was.",
    "outcome": "How it ended.",
    "agent_duration_seconds": "How long the agent took.",
    "agent_cost": "What the agent cost, in euros.",
    "model": "Which model the agent used.",
    "tokens_in": "How many tokens the model read.",
    "tokens_out": "How many tokens the model wrote.",
    "human_baseline_minutes": "How long a person would have taken; without it, the task type's own is used.",
    "metadata": f"Whatever else you want kept: at most {METADATA_BYTES_MAX} bytes of JSON, "
    f"{DEPTH_MAX - 1} levels deep.",
    "input_excerpt": "What the agent read, shortened.",
    "output_excerpt": "What the agent wrote, shortened.",
    "occurred_at": "When it happened, with an offset: at most 90 days ago or 24 hours ahead. "
    "Without it, the moment of the request.",
    "idempotency_key": "Makes the event count once, however often it is sent.",
}
ANSWERED = {
    "event_id": "The event's own id.",
    "events": "How many there were.",
    "workspace_id": "The workspace that the key speaks for.",
    "received_at": "When it came in: this, and not occurred_at, decides the cycle that it counts in.",
    "counted": "False for a test key, which checks everything and counts nothing.",
    "baseline_minutes": "How long a person would have taken.",
    "baseline_source": "Whether the event itself said so, or its task type.",
    "hourly_rate_cents": "What an hour of a person's work is worth, in cents.",
    "hourly_rate_source": "Whether the workspace has a rate of its own.",
    "agent_cost_micros": "What the agent cost, in millionths.",
    "agent_cost_source": "Whether the event told the cost.",
    "hours_saved": "The hours of a person's work that the event saved.",
    "saved_micros": "What these hours are worth, in millionths.",
    "net_saved_micros": "The same, less what the agent cost.",
    "currency": "Of all amounts in this answer.",
    "audit_sample": "What became of the excerpts that were sent.",
    "status": "How it stands; of an event in a batch the HTTP status that it would have had alone.",
    "error": "What is wrong, and what to do about it.",
    "code": "A name for programs; it stays the same.",
    "message": "What happened, for people.",
    "hint": "What to do about it; may be empty.",
    "field": "Which field or header it is about, if it is about one.",
    "recorded": "How many of the events are new; the others were recorded before, or have an error.",
    "results": "One for each event, in the order sent.",
    "name": "The workspace's name.",
    "plan": "The plan that holds now.",
    "visible": "Whether there is an agency to see for this key.",
    "reason": "The first reason why there is none to see; null if there is one.",
    "cycle": "The running cycle.",
    "started_at": "The first instant of it.",
    "ends_at": "The instant at which it ends; of a tree, null unless its end is planned.",
    "tree_id": "The tree's own id.",
    "from": "The first instant of the period; without it, that of the running cycle.",
    "to": "The instant at which it ends, at most 92 days later; without it, that of the running cycle.",
    "group_by": "By what the events are summed up.",
    "total": "All events of the period.",
    "groups": "One for each day, agent, task type or outcome; at most 1,000.",
    "other": "The sum of all further groups, if there are any.",
    "key": "The day (2026-03-02, in UTC), agent, task type or outcome.",
    "bands": "The overage by steps of its price.",
    "rate_micros": "What each event of this step costs, in millionths of a euro.",
    "cost_micros": "What the events of this step cost together.",
    "projected": "Where the cycle is likely to end if it goes on as it did; null in its first day.",
    "days": "The days of the cycle, from its beginning on.",
    "day": "The instant at which it begins.",
    "parent_org_id": "The anchor above it; null for the anchor itself.",
    "workspaces": "The anchor first, then its children.",
    "workspaces_max": "How many workspaces the plan has room for, the anchor included.",
    "cycles": "The newest first; the running one is always among them.",
    "pool_events": "How many events the pool of the cycle holds.",
    "used": "How many were drawn on it by all workspaces.",
    "overage_events": "How many were drawn above it.",
    "overage_micros": "What those cost so far, in millionths of a euro.",
    "screen": "Which of the pages.",
    "at": "The instant as of which it is shown; asked without any moment, now.",
    "position": "The last fact of the agency log by then; behind a point that of the log of usage.",
    "metering_position": "The last fact of the log of usage by then.",
    "shown": "The rows behind the screen, by name.",
}
IDS = {
    "knowledge_base_id": "Which knowledge base.",
    "document_id": "Which document of it.",
    "phone_number_id": "Which phone number.",
    "agent_id": "Which agent.",
    "deployment_id": "Which widget.",
    "action_id": "Which action.",
    "number": "Which version of its prompt.",
    "call_id": "Which call.",
}
# Of these the same word is used for what is sent and for what is answered.
IN_ITS_PLACE = {
    ("BatchBody", "events"): "The events, in the order in which they are answered.",
    ("TrackBody", "audit_sample"): "Excerpts for auditors; kept if the plan has them.",
    ("BatchItem", "audit_sample"): "Excerpts for auditors; kept if the plan has them.",
    ("WorkspaceAnswer", "events"): "How many events it tracked in the cycle.",
    ("Draw", "workspace_id"): "The workspace's own id.",
    ("TreeUsageQuery", "cycle"): "The instant at which the cycle began; without it, the running one.",
    ("TreeUsageAnswer", "workspaces"): "The one that drew the most comes first.",
    ("TreeUsageAnswer", "cycle"): "The cycle that was asked for.",
    ("WorkspaceOfTree", "workspace_id"): "The workspace's own id.",
    **MEANINGS,
    **OF_CALLS,
    **HELD_MEANINGS,
    **customer_types.MEANINGS,
    **OF_CREDITS,
    **AGENT_WORDS,
    **DEPLOYED_MEANINGS,
}


def meaning_of(schema: str, name: str) -> str:
    """In one sentence; KeyError for a member that has none yet."""
    return IN_ITS_PLACE.get((schema, name)) or (SENT | ANSWERED | SAID_OF_CALLS)[name]
