"""Is a request held against the types that the pinned SDK ships?"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stripe.params
from stripe.params import PriceCreateParams, PriceListParams, SubscriptionUpdateParams
from stripe.params.billing import MeterEventCreateParams
from stripe.params.checkout import SessionCreateParams
from typing_extensions import is_typeddict

from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.endpoints import ENDPOINTS
from adapters.local_stripe.params import checked, decoded, fields_of


def shapes() -> Iterator[type]:
    for module in pkgutil.walk_packages(stripe.params.__path__, "stripe.params."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if is_typeddict(value) and value.__module__ == module.name and not name.startswith("_"):
                yield value


def test_every_type_of_the_sdk_can_be_held_against() -> None:
    fields = sum(len(fields_of(shape)[0]) for shape in shapes())

    assert fields > 10_000


def test_options_of_the_sdks_call_are_not_parameters() -> None:
    fields, _ = fields_of(PriceListParams)

    assert "lookup_keys" in fields
    assert not fields.keys() & {"api_key", "stripe_account", "idempotency_key"}


def test_nested_parameters_are_decoded_and_typed() -> None:
    encoded = (
        "currency=eur&product=prod_1&billing_scheme=tiered&tiers[0][up_to]=50000"
        "&tiers[0][unit_amount_decimal]=0.5&tiers[1][up_to]=inf&tiers[1][unit_amount_decimal]=0.4"
        "&recurring[interval]=month&metadata[0]=zero&active=true"
    )

    params = checked(PriceCreateParams, decoded(encoded))

    assert params == {
        "currency": "eur",
        "product": "prod_1",
        "billing_scheme": "tiered",
        "tiers": [
            {"up_to": 50_000, "unit_amount_decimal": Decimal("0.5")},
            {"up_to": "inf", "unit_amount_decimal": Decimal("0.4")},
        ],
        "recurring": {"interval": "month"},
        "metadata": {"0": "zero"},
        "active": True,
    }


def test_lists_may_be_written_without_numbers() -> None:
    params = checked(PriceListParams, decoded("lookup_keys[]=a&lookup_keys[]=b"))

    assert params == {"lookup_keys": ["a", "b"]}


@pytest.mark.parametrize(("encoded", "value"), [("cancel_at=", ""), ("cancel_at=1767258000", 1_767_258_000)])
def test_an_instant_can_be_set_and_unset(encoded: str, value: Any) -> None:
    assert checked(SubscriptionUpdateParams, decoded(encoded)) == {"cancel_at": value}


@pytest.mark.parametrize(
    ("shape", "encoded", "code", "param"),
    [
        (SubscriptionUpdateParams, "current_period_end=1", "parameter_unknown", "current_period_end"),
        (SessionCreateParams, "payment_method_types[0]=card", "parameter_unknown", "payment_method_types"),
        (SessionCreateParams, "line_items[0][amount]=1", "parameter_unknown", "line_items[0][amount]"),
        (PriceCreateParams, "api_key=sk_test_1", "parameter_unknown", "api_key"),
        (PriceCreateParams, "product=prod_1", "parameter_missing", "currency"),
        (MeterEventCreateParams, "event_name=x", "parameter_missing", "payload"),
        (PriceCreateParams, "currency=eur&recurring[meter]=m", "parameter_missing", "recurring[interval]"),
        (PriceCreateParams, "currency=eur&unit_amount=1.5", "parameter_invalid_integer", "unit_amount"),
        (PriceCreateParams, "currency=eur&unit_amount=1_0", "parameter_invalid_integer", "unit_amount"),
        (PriceCreateParams, "currency=eur&unit_amount_decimal=NaN", "parameter_invalid_decimal", None),
        (PriceCreateParams, "currency=eur&active=yes", None, "active"),
        (PriceCreateParams, "currency=eur&billing_scheme=free", None, "billing_scheme"),
        (PriceCreateParams, "currency[0]=eur", None, "currency"),
        (PriceCreateParams, "currency=eur&tiers=1", None, "tiers"),
        (PriceCreateParams, "currency=eur&tiers[a]=1", None, "tiers"),
        (SubscriptionUpdateParams, "cancel_at=tomorrow", "parameter_invalid_integer", "cancel_at"),
        (SubscriptionUpdateParams, "metadata=x", None, "metadata"),
        (SubscriptionUpdateParams, "a[b][c][d][e][f][g][h][i]=1", None, None),
        (SubscriptionUpdateParams, "a=1&a[b]=2", None, None),
    ],
)
def test_what_the_sdk_would_not_send_is_refused(
    shape: type, encoded: str, code: str | None, param: str | None
) -> None:
    with pytest.raises(Refusal) as refusal:
        checked(shape, decoded(encoded))

    assert refusal.value.error.get("code") == code
    assert param is None or refusal.value.error["param"] == param


def calls_of_the_sdk() -> Iterator[tuple[str, str, str]]:
    """Method, path and type of parameters of every call, as the SDK's own services have them."""
    for path in Path(stripe.__file__).parent.rglob("*_service.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                shape = next((arg.annotation for arg in node.args.args if arg.arg == "params"), None)
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "self._request" and shape:
                        method, where = (ast.unparse(part) for part in call.args[:2])
                        yield (
                            method,
                            where.split(".format")[0],
                            re.findall(r"\w+Params", ast.unparse(shape))[0],
                        )


def test_every_endpoint_takes_what_the_sdk_sends_there() -> None:
    theirs = {
        (method.strip("'").upper(), re.sub(r"{\w+}", "*", path.strip("'"))): shape
        for method, path, shape in calls_of_the_sdk()
    }

    ours = {(one.method, re.sub(r"<\w+>", "*", one.path)): one.shape.__name__ for one in ENDPOINTS}

    assert len(ours) == len(ENDPOINTS)
    assert {where: theirs.get(where) for where in ours} == ours
