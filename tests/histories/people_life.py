"""What befalls people in a remembered life: an invitation that is mailed twice, an owner who comes back,
what the agency lets its clients see, a workspace that its owner closes, a look of support, and an export."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.export import Holding
from domain.membership import SENT_APART
from domain.permissions import Role
from domain.visibility import EVERYTHING, Area, Level

if TYPE_CHECKING:
    from tests.histories.life import Life


def people_and_sight(life: Life, invitation: UUID, guest: UUID) -> None:
    """In the end everything is as it was, but for the defaults of new clients."""
    from tests.histories.life import ACME, ADAM, ANA, BEN, TREE

    agency = life.agency
    agency.invite(ACME, ANA, invitation, guest, Role.VIEWER, because=life.by(ANA))
    life.now += SENT_APART
    agency.resend_invitation(ACME, ADAM, invitation, because=life.by(ADAM))
    agency.revoke_invitation(ACME, ANA, invitation, because=life.by(ANA))
    agency.transfer_ownership(ACME, ANA, BEN, Role.ADMIN, because=life.by(ANA))
    agency.transfer_ownership(ACME, BEN, ANA, Role.MEMBER, because=life.by(BEN))
    agency.change_role(ACME, ANA, BEN, Role.VIEWER, because=life.by(ANA))
    for level in (Level.VIEW, Level.EDIT):
        changes = {Area.CONFIGURATION: level}
        agency.set_visibility(TREE, ADAM, [ACME], changes, because=life.by(ADAM))
    defaults = EVERYTHING.but({Area.PROMPTS: Level.NONE, Area.ACTIONS: Level.VIEW})
    agency.set_visibility_defaults(TREE, ANA, defaults, because=life.by(ANA))


def one_goes_alone(life: Life) -> None:
    """Eve opens a workspace, goes to pay for a plan of it, and closes it instead."""
    from tests.histories.life import EVE, digest, named

    agency, alone = life.agency, named("Eve alone")
    agency.sign_up(alone, EVE, digest("Eve alone"), because=life.by(EVE))
    agency.choose_plan(alone, EVE, "pro", named("a tree that is never paid for"), because=life.by(EVE))
    agency.close_workspace(alone, EVE, because=life.by(EVE))


def a_look(life: Life, look_id: UUID, reason_digest: str) -> None:
    """Somebody of support looks into the agency, and is done before the time is up."""
    from tests.histories.life import BIRCH, SAM

    life.agency.begin_look(look_id, SAM, BIRCH, reason_digest, because=life.by(SAM))
    life.agency.end_look(look_id, SAM, because=life.by(SAM))


def an_export(life: Life, export_id: UUID) -> None:
    """Its owner takes out the history of the agency."""
    from tests.histories.life import ANA, ANCHOR

    holding = Holding(events=7, leaves_sha256="0" * 64, agency_size=7, metering_size=0)
    life.agency.ask_for_export(export_id, ANCHOR, ANA, because=life.by(ANA))
    life.agency.make_export(export_id, holding, because=life.by(ANA))
