"""What the facts of budgets say; the reason for a raise is the agency's own, and is told on its page only."""

from __future__ import annotations

from domain.budget import BudgetNotice
from domain.workspace import Workspace

BUDGETS: dict[type, str] = {
    Workspace.BudgetSet: (
        "{actor:actor} set the budget of {:here} to {limit_micros:micros} a cycle; {stops:stops}"
    ),
    Workspace.BudgetRaised: (
        "{actor:actor} raised the budget of {:here} to {limit_micros:micros}, in the cycle from"
        " {cycle_started_at:instant} only"
    ),
    Workspace.BudgetRemoved: "{actor:actor} removed the budget of {:here}",
    BudgetNotice.Raised: (
        "The budget of {workspace_id:workspace} was {percent} % used: {used_micros:micros} of"
        " {limit_micros:micros} in the cycle until {cycle_ends_at:instant}"
    ),
}
