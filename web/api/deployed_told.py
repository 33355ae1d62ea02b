"""What a program sends and is answered about widgets and actions, member by member."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from domain.action import (
    HEADER_NAME_MAX,
    HEADER_VALUE_MAX,
    HEADERS_MAX,
    METHODS,
    TIMEOUT_SECONDS_MAX,
    Phase,
)
from domain.addresses import URL_MAX
from domain.origins import ORIGIN_MAX, ORIGINS_MAX
from web.api.answers import Answer, Count, Instant

NAME_MAX = 120
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET

Named = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
Origin = Annotated[str, msgspec.Meta(min_length=1, max_length=ORIGIN_MAX)]
Origins = Annotated[list[Origin], msgspec.Meta(min_length=1, max_length=ORIGINS_MAX)]
Method = Literal[METHODS]  # type: ignore[valid-type]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=URL_MAX)]
HeaderName = Annotated[str, msgspec.Meta(min_length=1, max_length=HEADER_NAME_MAX)]
HeaderValue = Annotated[str, msgspec.Meta(min_length=1, max_length=HEADER_VALUE_MAX)]
Headers = Annotated[dict[HeaderName, HeaderValue | None], msgspec.Meta(max_length=HEADERS_MAX)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=TIMEOUT_SECONDS_MAX)]


class Sent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is sent; a member that is not known is refused."""


class WidgetBody(Sent):
    """A widget to be deployed; it is enabled at once."""

    agent_id: UUID
    name: Named
    allowed_origins: Origins


class WidgetChangeBody(Sent):
    """What to change of a widget; what is left out stays as it is."""

    name: Named | Unset = UNSET
    allowed_origins: Origins | Unset = UNSET
    enabled: bool | Unset = UNSET


class ActionBody(Sent):
    """An action to be added: enabled, and the last of its phase."""

    name: Named
    phase: Phase
    method: Method
    url: Url
    headers: Headers = {}
    timeout_seconds: Seconds = 5


class ActionChangeBody(Sent):
    """What to change of an action; what is left out stays as it is."""

    name: Named | Unset = UNSET
    phase: Phase | Unset = UNSET
    method: Method | Unset = UNSET
    url: Url | Unset = UNSET
    headers: Headers | Unset = UNSET
    timeout_seconds: Seconds | Unset = UNSET
    enabled: bool | Unset = UNSET


class WidgetAnswer(Answer):
    """A widget as it is now."""

    deployment_id: UUID
    agent_id: UUID
    name: str
    allowed_origins: list[str]
    state: Literal["enabled", "disabled", "suspended"]
    created_at: Instant


class WidgetsAnswer(Answer):
    """All of the workspace."""

    widgets: list[WidgetAnswer]
    widgets_max: Count


class ActionAnswer(Answer):
    """An action as it is now; what it sends is not told."""

    action_id: UUID
    name: str
    phase: Phase
    method: Method
    server: str
    header_names: list[str]
    timeout_seconds: Count
    enabled: bool
    created_at: Instant


class ActionsAnswer(Answer):
    """All of the workspace."""

    actions: list[ActionAnswer]
    actions_max: Count


OF_WIDGETS = {
    "agent_id": "The agent that it shows.",
    "name": "What it is called.",
    "allowed_origins": "On pages of which origins it is shown: exactly these, such as https://www.example.com.",
    "enabled": "Whether it is shown.",
    "deployment_id": "Its own id, as it stands in the snippet.",
    "state": "Suspended while the customer is, if it had been enabled.",
    "created_at": "When it was made.",
    "widgets": "In the order in which they were made.",
    "widgets_max": "How many the plan has room for.",
}
OF_ACTIONS = {
    "name": "What it is called.",
    "phase": "Before, during or after a call.",
    "method": "How it is asked.",
    "url": "Where it leads: https, and on the public internet. It is kept sealed and not told again.",
    "headers": "Values by name, kept sealed and never told again; null keeps the value that a name had.",
    "timeout_seconds": "How long an answer is waited for.",
    "enabled": "Whether it is carried out.",
    "action_id": "Its own id.",
    "server": "The server that its address names.",
    "header_names": "Which headers it sends.",
    "created_at": "When it was made.",
    "actions": "By phase, in the order in which they are carried out.",
    "actions_max": "How many the plan has room for.",
}
MEANINGS = {
    **{
        (kind.__name__, name): OF_WIDGETS[name]
        for kind in (WidgetBody, WidgetChangeBody, WidgetAnswer, WidgetsAnswer)
        for name in kind.__struct_fields__
    },
    **{
        (kind.__name__, name): OF_ACTIONS[name]
        for kind in (ActionBody, ActionChangeBody, ActionAnswer, ActionsAnswer)
        for name in kind.__struct_fields__
    },
}
