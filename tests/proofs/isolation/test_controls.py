"""Is each form there for somebody, so that the misses of all others mean something?"""

from __future__ import annotations

import re

from tests.proofs.isolation.asking import Asked, Asking
from tests.proofs.isolation.cast import address_of, name_of
from tests.proofs.isolation.forms import FORMS, SHOWN
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import Matrix, admits
from tests.proofs.isolation.table import GATES
from tests.proofs.isolation.targets import filled, path_of

# Who sends it, at whose workspace, and what is filled in otherwise; what takes most away comes last.
SENT: dict[str, tuple[str, str, dict[str, str]]] = {
    "pages.create_widget": ("olga", "child", {"agent": "its agent"}),
    "pages.change_widget": ("olga", "child", {}),
    "pages.switch_widget": ("olga", "child", {}),
    "pages.remove_widget": ("olga", "child", {}),
    "pages.change_action": ("olga", "child", {}),
    "pages.move_action": ("olga", "child", {}),
    "pages.switch_action": ("olga", "child", {}),
    "pages.delete_action": ("olga", "child", {}),
    "pages.create_action": ("olga", "child", {}),  # there is room for one now
    "pages.save_template": ("adam", "anchor", {"source": "child"}),
    "pages.start_template": ("adam", "anchor", {"child": "sibling"}),
    "pages.delete_template": ("adam", "anchor", {}),
    "pages.rename": ("olga", "child", {}),
    "pages.keep_view": ("olga", "child", {"of": "child"}),
    "pages.rename_view": ("dora", "dusk", {}),
    "pages.remove_view": ("dora", "dusk", {}),
    "pages.set_hourly_rate": ("olga", "child", {}),
    "pages.set_retention": ("olga", "child", {}),
    "pages.default_hourly_rate": ("olga", "child", {}),
    "pages.void_event": ("olga", "child", {}),
    "pages.issue_key": ("olga", "child", {}),
    "pages.replace_key": ("olga", "child", {}),
    "pages.revoke_key": ("olga", "child", {}),
    "pages.invite": ("olga", "child", {}),
    "pages.resend_invitation": ("olga", "child", {}),
    "pages.revoke_invitation": ("olga", "child", {}),
    "pages.rename_knowledge_base": ("ben", "child", {}),
    "pages.add_document": ("ben", "child", {}),
    "pages.remove_document": ("ben", "child", {}),
    "pages.delete_knowledge_base": ("ben", "child", {}),
    "pages.create_knowledge_base": ("ben", "child", {}),  # there is room for one now
    "pages.unassign_number": ("olga", "child", {}),
    "pages.release_number": ("olga", "child", {}),
    "pages.set_visibility": ("adam", "child", {}),
    "pages.set_visibility_of_several": ("adam", "anchor", SHOWN | {"child": "child"}),
    "pages.set_visibility_defaults": ("adam", "anchor", {}),
    "pages.set_budget": ("adam", "anchor", {"child_id": "child"}),
    "pages.raise_budget": ("adam", "anchor", {"child_id": "child"}),
    "pages.remove_budget": ("adam", "anchor", {"child_id": "child"}),
    "pages.set_markup": ("adam", "anchor", {}),
    "pages.create_child": ("adam", "anchor", {}),
    "pages.add_customer": ("adam", "anchor", SHOWN | {"child": "sibling"}),
    "pages.change_customer": ("adam", "anchor", {}),
    "pages.suspend_customer": ("adam", "anchor", {}),
    "pages.resume_customer": ("adam", "anchor", {}),
    "pages.erase_contact": ("adam", "anchor", {}),
    "pages.close_customer": ("adam", "anchor", {}),
    "pages.top_up": ("adam", "anchor", {}),
    "pages.correct_credits": ("adam", "anchor", {}),
    "pages.refund_credits": ("adam", "anchor", {}),
    "pages.set_automatic_top_up": ("ana", "anchor", {}),
    "pages.end_automatic_top_up": ("ana", "anchor", {}),
    "pages.write_prompt": ("ben", "child", {}),
    "pages.restore_prompt": ("ben", "child", {}),
    "pages.configure_agent": ("ben", "child", {"based_on": "1"}),
    "pages.activate_agent": ("ben", "child", {}),
    "pages.pause_agent": ("ben", "child", {}),
    "pages.detach_from_agent": ("ben", "child", {}),
    "pages.rename_agent": ("ben", "child", {}),
    "pages.delete_agent": ("ben", "child", {}),
    "pages.make_agent": ("ben", "child", {}),
    "pages.begin_look": ("sam", "anchor", {"place": "anchor"}),
    "pages.end_look": ("sam", "harbor", {}),
    "pages.rebuild": ("sam", "harbor", {}),
    "pages.ask_for_export": ("ana", "anchor", {}),
    "pages.refresh": ("adam", "anchor", {}),
    "pages.portal": ("adam", "anchor", {}),
    "pages.cancel": ("adam", "anchor", {}),
    "pages.reactivate": ("adam", "anchor", {}),
    "pages.choose_plan": ("eve", "eves", {}),
    "pages.change_plan": ("hana", "harbor", {"plan": "agency"}),
    "pages.adopt": ("ana", "anchor", {"adopted_id": "spare"}),
    "pages.remove_single_sign_on": ("ana", "anchor", {}),
    "pages.transfer_ownership": ("hana", "haven", {"successor": "hal"}),
    "pages.change_role": ("olga", "child", {"person_id": "ben"}),
    "pages.remove_member": ("olga", "child", {"person_id": "ben"}),
    "pages.leave": ("vera", "child", {}),
    "pages.delete_child": ("olga", "child", {"name": "Renamed"}),
    "pages.close_workspace": ("finn", "finns", {"name": name_of("finns")}),
    "pages.end_session": ("dora", "dusk", {}),
    "pages.cancel_at_once": ("adam", "anchor", {}),
    "pages.do_erase_me": ("rita", "finns", {"email": "rita"}),
}
ELSEWHERE = {
    "pages.accept_invitation": "by a link that is proof: tests/web/pages/test_members.py",
    "pages.use_link": "by a link that is proof: tests/web/pages/test_signing.py",
    "pages.ask_again": "by a link that is proof: tests/web/pages/test_signing.py",
    "pages.send_sign_in_link": "for everybody: tests/web/pages/test_signing.py",
    "pages.send_sign_up_link": "for everybody: tests/web/pages/test_signing.py",
    "pages.attach_to_agent": "needs something to attach: tests/web/pages/test_attached.py",
    "pages.set_single_sign_on": "needs a provider: tests/web/pages/test_single_sign_on_settings.py",
    "pages.buy_number": "needs a plan with calls: tests/web/pages/test_numbers.py",
    "pages.assign_number": "needs an agent: tests/web/pages/test_numbers.py",
    "pages.transfer_credits": "needs two agencies of one owner: tests/web/pages/test_credits.py",
    "webhooks.stripe": "needs Stripe's signature: tests/web/test_webhooks.py",
}


def test_every_form_does_what_it_is_for_when_it_comes_from_who_may_send_it(ground: Ground) -> None:
    asking, house = Asking(ground), ground.house
    ground.places["spare"] = house.workspace(ground.people["ana"], "Spare")
    house.clock.advance(minutes=10)  # a mail is not sent again at once
    house.run_followed()
    rules = {rule.endpoint: rule for rule, method in Matrix(ground, asking).routes() if method == "POST"}
    sessions = {"dusk": asking.sessions["dora"]}
    ground.things["session"] = sessions

    refused = {}
    for endpoint, (who, place, filled_in) in SENT.items():
        own = {name: meant(ground, text) for name, text in filled_in.items()}
        ids = filled(ground, rules[endpoint], place) | {n: t for n, t in own.items() if n.endswith("_id")}
        fields = FORMS[endpoint] | {name: text for name, text in own.items() if name not in ids}
        told, _ = asking.ask(who, Asked(method="POST", path=path_of(rules[endpoint], ids), fields=fields))
        if told.status != 303 or not admits(GATES[endpoint], who, place):
            refused[endpoint] = re.sub(r"<[^>]+>|\s+", " ", str(told))
        house.deliver_notices()

    assert refused == {}
    assert rules.keys() - SENT.keys() - ELSEWHERE.keys() == set(), "say here who sends the new form"


def meant(ground: Ground, text: str) -> str:
    """The id of whom or what is named so."""
    if text == "rita":
        return address_of(text)
    if text == "its agent":
        return ground.things["agent"]["child"]
    return str(ground.people.get(text) or ground.places.get(text) or text)
