"""Single sign-on as tests set it up, in a life without a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from domain.refusals import Refusal
from domain.single_sign_on import Provider
from tests.histories.life import ANA, EVE, TREE, Life, digest, named

DOMAIN = "brightsignal.test"
OTHER_TREE = named("Eve's tree")


def a_provider(*domains: str, required: bool = False) -> Provider:
    return Provider(
        issuer="https://login.brightsignal.test",
        client_id="heartwood",
        client_secret_digest="0" * 32,
        domains=domains,
        required=required,
    )


def on_enterprise(life: Life, plan: str = "enterprise") -> Life:
    life.notice(f"evt_{plan}_{life.now}", "customer.subscription.updated", life.subscription(plan=plan))
    return life


def set_up(
    life: Life,
    *domains: str,
    proven: tuple[str, ...] = (DOMAIN, "gmail.com"),
    by: UUID = ANA,
    tree_id: UUID = TREE,
    required: bool = False,
) -> None:
    provider = a_provider(*domains, required=required)
    life.agency.set_single_sign_on(tree_id, by, provider, proven=proven, because=life.by(by))


def of_eve(life: Life) -> None:
    """Eve has an agency too, on the same plan."""
    anchor_id = named("Eve's anchor")
    life.agency.sign_up(anchor_id, EVE, digest("Eve's"), because=life.by(EVE))
    life.agency.choose_plan(anchor_id, EVE, "agency", OTHER_TREE, because=life.by(EVE))
    seen = replace(
        life.subscription(plan="enterprise"),
        tree_id=OTHER_TREE,
        subscription_id="sub_eve",
        customer_id="cus_eve",
    )
    life.agency.sync_subscription(OTHER_TREE, seen, because=life.by_stripe("evt_eve"))


# What reaches each refusal of it: of a life before it, the command that is refused.


def _without_the_plan(life: Life) -> Callable[[], None]:
    return lambda: set_up(life, DOMAIN)


def _for(*domains: str) -> Callable[[Life], Callable[[], None]]:
    def reach(life: Life) -> Callable[[], None]:
        on_enterprise(life)
        return lambda: set_up(life, *domains)

    return reach


def _what_another_has(life: Life) -> Callable[[], None]:
    of_eve(life)
    set_up(on_enterprise(life), DOMAIN)
    return lambda: set_up(life, DOMAIN, by=EVE, tree_id=OTHER_TREE)


REACHED: dict[Refusal, Callable[[Life], Callable[[], None]]] = {
    Refusal.NO_SINGLE_SIGN_ON: _without_the_plan,
    Refusal.DOMAINS_WRONG: _for(),
    Refusal.DOMAIN_IS_PUBLIC: _for("gmail.com"),
    Refusal.DOMAIN_NOT_YOURS: _for("elsewhere.test"),
    Refusal.DOMAIN_TAKEN: _what_another_has,
}
