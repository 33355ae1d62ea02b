"""Single sign-on: who may set it up, for which domains, until when, and what a provider has to vouch for."""

from __future__ import annotations

import pytest

from domain.refusals import Refusal, Refused
from domain.single_sign_on import (
    DOMAINS_MAX,
    PUBLIC_DOMAINS,
    AddressRefused,
    NotLetIn,
    address_in,
    domain_of,
    provider_of,
    why_not_set_up,
)
from tests.domain.signing_on import DOMAIN, OTHER_TREE, a_provider, of_eve, on_enterprise, set_up
from tests.histories.life import ADAM, ANA, EVE, TREE, Life, an_agency

VOUCHED = {"email": f"Ben@{DOMAIN}", "email_verified": True}


def names(life: Life) -> list[str]:
    return [fact.name for fact in life.facts]


def test_it_is_set_up_with_its_domains_in_one_append():
    life = on_enterprise(an_agency())

    set_up(life, DOMAIN)

    assert names(life)[-2:] == ["Tree.SingleSignOnSet", "MailDomain.Claimed"]
    assert life.facts[-1].append == life.facts[-2].append
    assert provider_of(life.agency.tree(TREE)) == a_provider(DOMAIN)


def test_the_same_settings_again_are_no_fact_and_a_domain_that_is_ours_is_claimed_once():
    life = on_enterprise(an_agency())
    set_up(life, DOMAIN)
    recorded = len(life.facts)

    set_up(life, DOMAIN)
    set_up(life, DOMAIN, required=True)

    assert names(life)[recorded:] == ["Tree.SingleSignOnSet"]


def test_refusals_come_in_their_order():
    life = an_agency()
    tree = life.agency.tree(TREE)
    owner = life.agency.standings_in(life.agency.workspace(tree.anchor_id), ANA)
    admin = life.agency.standings_in(life.agency.workspace(tree.anchor_id), ADAM)
    many = [f"{number}.test" for number in range(DOMAINS_MAX + 1)]
    wrong = {"proven": (), "taken": True}
    met = [why_not_set_up(tree, many, who=admin, **wrong), why_not_set_up(tree, many, who=owner, **wrong)]

    tree.plan = "enterprise"
    met += [
        why_not_set_up(tree, domains, who=owner, **wrong) for domains in (many, [], ["gmail.com"], [DOMAIN])
    ]
    met += [
        why_not_set_up(tree, [DOMAIN], who=owner, proven=[DOMAIN], taken=taken) for taken in (True, False)
    ]

    assert met == [
        Refusal.ROLE_TOO_LOW,
        Refusal.NO_SINGLE_SIGN_ON,
        Refusal.DOMAINS_WRONG,
        Refusal.DOMAINS_WRONG,
        Refusal.DOMAIN_IS_PUBLIC,
        Refusal.DOMAIN_NOT_YOURS,
        Refusal.DOMAIN_TAKEN,
        None,
    ]


def test_a_domain_is_free_again_once_its_agency_signs_nobody_in_with_it():
    life = on_enterprise(an_agency())
    of_eve(life)
    set_up(life, DOMAIN)
    with pytest.raises(Refused, match="domain_taken"):
        set_up(life, DOMAIN, by=EVE, tree_id=OTHER_TREE)

    life.agency.remove_single_sign_on(TREE, ANA, because=life.by(ANA))
    set_up(life, DOMAIN, by=EVE, tree_id=OTHER_TREE)

    assert names(life)[-1] == "MailDomain.ClaimedAnew"
    with pytest.raises(Refused, match="domain_taken"):
        set_up(life, DOMAIN)


def test_it_ends_with_the_plan_and_with_the_subscription_in_the_same_append():
    for ends in (lambda life: on_enterprise(life, "agency"), lambda life: life.ended()):
        life = on_enterprise(an_agency())
        set_up(life, DOMAIN)

        ends(life)

        tree = life.agency.tree(TREE)
        lost = next(fact for fact in life.facts if fact.name == "Tree.SingleSignOnRemoved")
        because = next(
            fact for fact in life.facts if fact.version == lost.version - 1 and fact.stream == TREE
        )
        assert provider_of(tree) is None
        assert lost.append == because.append
        assert lost.event.cause == f"fact:{TREE}/{because.version}"


def test_it_stays_when_another_cycle_begins():
    life = on_enterprise(an_agency())
    set_up(life, DOMAIN)

    life.cycle = (life.cycle[1], life.cycle[1] + (life.cycle[1] - life.cycle[0]))
    on_enterprise(life.days_later(30))

    assert provider_of(life.agency.tree(TREE)) is not None


def test_only_the_owner_of_the_anchor_ends_it_and_twice_is_once():
    life = on_enterprise(an_agency())
    set_up(life, DOMAIN)
    with pytest.raises(Refused, match="role_too_low"):
        life.agency.remove_single_sign_on(TREE, ADAM, because=life.by(ADAM))
    recorded = len(life.facts)

    for _ in range(2):
        life.agency.remove_single_sign_on(TREE, ANA, because=life.by(ANA))

    assert names(life)[recorded:] == ["Tree.SingleSignOnRemoved"]


# What a provider says of somebody.


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_address_that_is_vouched_for_is_taken_as_it_is_written(verified):
    assert address_in(VOUCHED | {"email_verified": verified}, [DOMAIN]) == f"Ben@{DOMAIN}"


@pytest.mark.parametrize("verified", [None, False, "false", "", 1, "True", "yes", [True], {}])
def test_whoever_does_not_say_so_does_not_vouch(verified):
    with pytest.raises(AddressRefused) as refused:
        address_in(VOUCHED | {"email_verified": verified}, [DOMAIN])

    assert refused.value.why is NotLetIn.NOT_VERIFIED


def test_silence_does_not_vouch():
    with pytest.raises(AddressRefused) as refused:
        address_in({"email": VOUCHED["email"]}, [DOMAIN])

    assert refused.value.why is NotLetIn.NOT_VERIFIED


@pytest.mark.parametrize("email", [None, "", 7, "ben", f"a@b@{DOMAIN}", f" ben@{DOMAIN}", [f"ben@{DOMAIN}"]])
def test_what_is_no_address_is_none(email):
    with pytest.raises(AddressRefused) as refused:
        address_in(VOUCHED | {"email": email}, [DOMAIN])

    assert refused.value.why is NotLetIn.NO_ADDRESS


@pytest.mark.parametrize(
    "domain", ["elsewhere.test", f"sub.{DOMAIN}", f"{DOMAIN}.", f"evil{DOMAIN}", f"{DOMAIN}.evil.test", ""]
)
def test_another_domain_is_another_one(domain):
    with pytest.raises(AddressRefused) as refused:
        address_in(VOUCHED | {"email": f"ben@{domain}"}, [DOMAIN])

    assert refused.value.why is NotLetIn.OTHER_DOMAIN


def test_domains_are_compared_without_case_and_public_ones_are_known():
    assert domain_of(" Ben@BrightSignal.TEST ") == DOMAIN
    assert {"gmail.com", "outlook.com", "icloud.com", "gmx.de"} <= PUBLIC_DOMAINS
    assert all(one == one.casefold() for one in PUBLIC_DOMAINS)
