"""What the documentation says of facts and permissions is what the code says."""

from __future__ import annotations

import pytest

from domain.facts import AGGREGATES
from domain.permissions import TABLE, Permission
from scripts.docs import DOCS, PAGES
from scripts.docs.catalogue import all_fact_kinds

ALLOWED = {
    "UUID",
    "str",
    "int",
    "bool",
    "datetime",
    "Role",
    "KeyMode",
    "Level",
    "PaymentStanding",
    "Phase",
    "Request",
    "NoticeOutcome",
    "Category",
    "Kind",
    "Direction",
    "Ending",
    "Held",
}
LISTS = {"tuple[UUID, ...]", "tuple[str, ...]", "tuple[InvoiceLine, ...]", "tuple[Drift, ...]"}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name):
    kept = (DOCS / name).read_text()

    made = PAGES[name]()

    assert kept == made, f"docs/{name} is stale: run python -m scripts.docs"


def test_every_aggregate_and_every_fact_is_in_the_catalogue():
    page = PAGES["facts.md"]()

    assert {one.__name__ for one in AGGREGATES} == {
        *(
            "Call",
            "Charge",
            "Agent",
            "Action",
            "BudgetNotice",
            "Correction",
            "CreditLedger",
            "Customer",
            "Deployment",
            "Export",
            "Holdings",
            "Invoice",
            "KnowledgeBase",
            "MailDomain",
            "Overage",
            "Person",
            "PhoneNumber",
            "QuotaNotice",
            "Reconciliation",
            "StripeNotice",
            "SupportLook",
            "Template",
            "Tree",
            "Usage",
            "Workspace",
        )
    }
    assert all(f"### {kind.name}\n" in page for kind in all_fact_kinds())


@pytest.mark.parametrize("kind", all_fact_kinds(), ids=lambda kind: kind.name)
def test_a_fact_holds_primitives_only_and_nothing_that_could_be_personal(kind):
    types = {field.type.removesuffix(" | None") for field in kind.fields}
    names = {field.name for field in kind.fields}

    assert types <= ALLOWED | LISTS
    assert names.isdisjoint({"name", "email", "address", "contact", "text", "note"})


def test_every_permission_is_in_the_table_and_on_the_page():
    page = PAGES["permissions.md"]()

    assert set(TABLE) == set(Permission)
    assert all(f"| `{permission}` |" in page for permission in Permission)
