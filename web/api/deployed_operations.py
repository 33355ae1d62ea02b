"""What each route about widgets and actions takes and answers."""

from __future__ import annotations

from web.api.deployed_told import (
    ActionAnswer,
    ActionBody,
    ActionChangeBody,
    ActionsAnswer,
    WidgetAnswer,
    WidgetBody,
    WidgetChangeBody,
    WidgetsAnswer,
)
from web.api.knowledge_told import DoneAnswer
from web.api.operation import WITH_BODY, Operation, manages, reads

AGENT = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0c01"
ORIGINS = ["https://www.example.com"]
WIDGET = {
    "deployment_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0c02",
    "agent_id": AGENT,
    "name": "Front page",
    "allowed_origins": ORIGINS,
    "state": "enabled",
    "created_at": "2026-03-02T09:00:00Z",
}
ACTION = {
    "action_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0c03",
    "name": "Look up the caller",
    "phase": "pre_fetch",
    "method": "GET",
    "server": "https://api.example.com",
    "header_names": ["Authorization"],
    "timeout_seconds": 5,
    "enabled": True,
    "created_at": "2026-03-02T09:00:00Z",
}
ASKED = {
    "name": "Look up the caller",
    "phase": "pre_fetch",
    "method": "GET",
    "url": "https://api.example.com/callers",
}
DONE: dict[int, tuple[str, type]] = {200: ("It is done.", DoneAnswer)}


DEPLOYED_OPERATIONS: dict[str, Operation] = {
    "widgets": reads(
        "The widgets of a workspace",
        "All of them.",
        WidgetsAnswer,
        {"widgets": [WIDGET], "widgets_max": 5},
    ),
    "widget": reads("One widget", "As it is now.", WidgetAnswer, WIDGET),
    "create_widget": manages(
        "Deploy a widget",
        {201: ("It is there.", WidgetAnswer)},
        WIDGET,
        body=WidgetBody,
        bodies={"On one site": {"agent_id": AGENT, "name": "Front page", "allowed_origins": ORIGINS}},
        idempotent_by_header=True,
        nos=(*WITH_BODY, 409),
    ),
    "change_widget": manages(
        "Change a widget",
        {200: ("As it is from now on.", WidgetAnswer)},
        WIDGET,
        body=WidgetChangeBody,
        bodies={"Switched off": {"enabled": False}, "On other sites": {"allowed_origins": ORIGINS}},
        nos=(*WITH_BODY, 409),
    ),
    "remove_widget": manages("Remove a widget", DONE, {"done": True}),
    "actions": reads(
        "The actions of a workspace",
        "All of them.",
        ActionsAnswer,
        {"actions": [ACTION], "actions_max": 20},
    ),
    "action": reads("One action", "As it is now.", ActionAnswer, ACTION),
    "create_action": manages(
        "Add an action",
        {201: ("It is there.", ActionAnswer)},
        ACTION,
        body=ActionBody,
        bodies={
            "The shortest": ASKED,
            "With a secret": ASKED | {"headers": {"Authorization": "Bearer abc"}, "timeout_seconds": 5},
        },
        idempotent_by_header=True,
        nos=(*WITH_BODY, 409),
    ),
    "change_action": manages(
        "Change an action",
        {200: ("As it is from now on.", ActionAnswer)},
        ACTION,
        body=ActionChangeBody,
        bodies={"Switched off": {"enabled": False}, "Waits longer": {"timeout_seconds": 10}},
        nos=(*WITH_BODY, 409),
    ),
    "delete_action": manages("Delete an action", DONE, {"done": True}),
}
