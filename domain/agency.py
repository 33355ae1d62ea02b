"""The log of agencies, with everything one may ask of them."""

from __future__ import annotations

from domain.commands.acting import Acting
from domain.commands.agents import Agents
from domain.commands.budgets import Budgets
from domain.commands.customers import Customers
from domain.commands.deploying import Deploying
from domain.commands.erasing import Erasing
from domain.commands.exporting import Exporting
from domain.commands.knowing import Knowing
from domain.commands.looking import Looking
from domain.commands.numbering import Numbering
from domain.commands.people import People
from domain.commands.places import Places
from domain.commands.quotas import Quotas
from domain.commands.reconciling import Reconciling
from domain.commands.retaining import Retaining
from domain.commands.showing import Showing
from domain.commands.signing_on import SigningOn
from domain.commands.subscriptions import Subscriptions


class Agency(
    Places,
    People,
    Showing,
    Subscriptions,
    Reconciling,
    Quotas,
    Erasing,
    Looking,
    SigningOn,
    Exporting,
    Knowing,
    Numbering,
    Customers,
    Agents,
    Deploying,
    Acting,
    Retaining,
    Budgets,
):
    """Few facts, each one evidence, kept for ever. A command saves all it touches as one transaction."""

    name = "agency"
