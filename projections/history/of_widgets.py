"""What the facts of widgets, actions and templates say, in words."""

from __future__ import annotations

from domain.action import Action
from domain.deployment import Deployment
from domain.template import Template

OF_WIDGETS: dict[type, str] = {
    Deployment.Begun: "{workspace_id:workspace} got its first widget",
    Deployment.Created: (
        "{actor:actor} deployed the widget {:called} of {workspace_id:workspace} on {allowed_origins:listed}"
    ),
    Deployment.Renamed: "{actor:actor} renamed a widget of {workspace_id:workspace} to {:called}",
    Deployment.OriginsSet: (
        "{actor:actor} allowed a widget of {workspace_id:workspace} on {allowed_origins:listed}"
    ),
    Deployment.Enabled: ("{actor:actor} enabled a widget of {workspace_id:workspace}{by_suspension:resumed}"),
    Deployment.Disabled: (
        "{actor:actor} disabled a widget of {workspace_id:workspace}{by_suspension:suspended}"
    ),
    Deployment.Removed: "{actor:actor} removed a widget of {workspace_id:workspace}",
    Action.Begun: "{workspace_id:workspace} got its first action",
    Action.Created: "{actor:actor} added the {phase:dispute} action {:called} to {workspace_id:workspace}",
    Action.Changed: "{actor:actor} changed the {phase:dispute} action {:called} of {workspace_id:workspace}",
    Action.Ordered: "{actor:actor} put the {phase:dispute} actions of {workspace_id:workspace} in order",
    Action.Enabled: "{actor:actor} enabled an action of {workspace_id:workspace}",
    Action.Disabled: "{actor:actor} disabled an action of {workspace_id:workspace}",
    Action.Deleted: "{actor:actor} deleted an action of {workspace_id:workspace}",
    Template.Begun: "The agency got its first template",
    Template.Saved: (
        "{actor:actor} saved {source_id:workspace} as the template {:called}, version {number}"
        " (agents: {agents:count}, knowledge bases: {knowledge_bases:count}, actions: {actions:count})"
    ),
    Template.Started: (
        "{actor:actor} started {child_id:workspace} from the template {:called}, version {number}"
    ),
    Template.Deleted: "{actor:actor} deleted the template {:called}",
}
