"""Every fact of a workspace says which area one needs to be shown to read it."""

from __future__ import annotations

import pytest

from domain.facts import FACTS
from domain.facts_shown import (
    LEADING,
    NEEDED,
    OF_AGGREGATE,
    OF_FACT,
    OF_THE_AGENCY,
    hidden_names,
    is_of_a_workspace,
    row_of,
)
from domain.permissions import Permission, Standing, may
from domain.visibility import CLIENTS, EVERYTHING, Area, Level, Visibility

AGENT = {"Created", "Renamed", "Activated", "Paused", "Deleted"}
ALONE = {
    Area.DASHBOARD: {
        *("Usage.Counted", "Correction.Voided", "QuotaNotice.Raised", "QuotaNotice.Resolved"),
        *("Call.Begun", "Call.Told", "Call.Ended", "Call.Abandoned", "Charge.Made"),
        *("BudgetNotice.Raised", "Workspace.BudgetSet", "Workspace.BudgetRaised"),
        *("Workspace.BudgetRemoved", "Workspace.CallTextsRetired"),
    },
    Area.PROMPTS: {"Agent.PromptWritten"},
    Area.CONFIGURATION: {
        *("Agent.Configured", "Agent.KnowledgeAttached", "Agent.KnowledgeDetached"),
        *("Agent.ActionAttached", "Agent.ActionDetached", "Workspace.HourlyRateSet"),
        *("Workspace.RetentionSet", "Holdings.Begun", "Holdings.Changed"),
        *(name for name in FACTS if name.startswith("KnowledgeBase.")),
    },
    Area.DEPLOYMENT: {
        *("Holdings.Begun", "Holdings.Changed"),
        *(name for name in FACTS if name.startswith(("PhoneNumber.", "Deployment."))),
    },
    Area.ACTIONS: {
        *("Agent.ActionAttached", "Agent.ActionDetached"),
        *(name for name in FACTS if name.startswith("Action.")),
    },
}
AGENCYS = {name for name in FACTS if name.startswith(("Customer.", "CreditLedger.", "Template."))}


def hidden(standing: Standing, shown: Visibility = EVERYTHING) -> frozenset[str]:
    return hidden_names(lambda one: may(frozenset({standing}), one) and shown.lets(one))


def test_no_fact_of_a_workspace_is_without_a_row():
    without = [name for name in FACTS if is_of_a_workspace(name) and row_of(name) is None]

    assert without == [], f"Say in domain/facts_shown.py what one needs to read {without}"


def test_no_row_is_about_what_is_no_fact_of_a_workspace_and_none_stands_there_twice():
    names = {one.__qualname__ for one in OF_FACT}
    aggregates = {one.__name__ for one in OF_AGGREGATE}

    assert names <= NEEDED.keys()
    assert aggregates == {name.partition(".")[0] for name in NEEDED} - {"Agent", "Workspace"}
    assert not aggregates & {name.partition(".")[0] for name in names}


def test_what_nobody_thought_about_is_read_by_those_who_lead_only(monkeypatch):
    monkeypatch.setitem(NEEDED, "Workspace.Invented", LEADING)

    assert "Workspace.Invented" in hidden(Standing.CHILD_OWNER)
    assert "Workspace.Invented" not in hidden(Standing.ANCHOR_ADMIN)


@pytest.mark.parametrize("area", Area)
def test_an_area_that_is_hidden_takes_its_facts_away_and_no_others(area):
    shown = EVERYTHING.but({area: Level.NONE})

    assert hidden(Standing.CHILD_OWNER, shown) == AGENCYS | ALONE[area]
    assert hidden(Standing.CHILD_OWNER, EVERYTHING.but({area: Level.VIEW})) == AGENCYS == OF_THE_AGENCY


def test_an_agent_is_read_of_by_whoever_is_shown_its_prompts_or_its_configuration():
    both = dict.fromkeys((Area.PROMPTS, Area.CONFIGURATION), Level.NONE)

    assert hidden(Standing.CHILD_ADMIN, EVERYTHING.but(both)) >= {f"Agent.{one}" for one in AGENT}


@pytest.mark.parametrize("standing", [one for one in Standing if one not in CLIENTS])
def test_the_agencys_own_people_read_everything(standing):
    assert may(frozenset({standing}), Permission.SEE_TREE)
    assert hidden(standing) == frozenset()
