"""Whether a request is one that the pinned SDK could have meant: decoded, then checked against its types."""

from __future__ import annotations

import re
import sys
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

import stripe
from typing_extensions import is_typeddict

from adapters.local_stripe.answers import Refusal

PARTS = re.compile(r"\[([^\]]*)\]")
OPTIONS = frozenset(stripe.RequestOptions.__annotations__)  # of the SDK's call, never of the request
NUMBERS = {
    int: re.compile(r"-?[0-9]{1,15}"),
    float: re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?"),
    Decimal: re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?"),
}
DEPTH_MAX = 8
FIELDS_MAX = 1_000


def decoded(encoded: str) -> dict[str, Any]:
    """`a[b][0][c]=v` into nested dictionaries of texts. Lists stay dictionaries until their type is known."""
    tree: dict[str, Any] = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Refusal(f"Invalid request: {error}") from error
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        path = [head, *PARTS.findall(bracket + rest)]
        if len(path) > DEPTH_MAX:
            raise Refusal(f"Invalid request: {name} is nested too deeply", param=name)
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step or str(len(node)), {})
            if not isinstance(node, dict):
                raise Refusal(f"Invalid hash: {name}", param=name)
        node[path[-1] or str(len(node))] = value
    return tree


def checked(shape: type, given: dict[str, Any], path: str = "") -> dict[str, Any]:
    """`given` in Python's types, or Stripe's refusal of the first thing that is wrong with it."""
    fields, required = fields_of(shape)
    for name in given:
        if name not in fields:
            where = _join(path, name)
            raise Refusal(f"Received unknown parameter: {where}", code="parameter_unknown", param=where)
    for name in sorted(required):
        if name not in given:
            where = _join(path, name)
            raise Refusal(f"Missing required param: {where}.", code="parameter_missing", param=where)
    return {name: _value(fields[name], value, _join(path, name)) for name, value in given.items()}


@cache
def fields_of(shape: type) -> tuple[dict[str, Any], frozenset[str]]:
    """The fields of one of the SDK's TypedDicts with their resolved types, and which of them are required."""
    inherited = stripe.RequestOptions in getattr(shape, "__orig_bases__", ())
    names = [name for name in shape.__annotations__ if not (inherited and name in OPTIONS)]
    bare = types.SimpleNamespace(__annotations__={name: shape.__annotations__[name] for name in names})
    module = vars(sys.modules[shape.__module__])
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    return typing.get_type_hints(bare, globalns=module), required.intersection(names)


def _value(kind: Any, value: Any, path: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value, path)
    if is_typeddict(kind):
        return checked(kind, _mapping(value, path, "object"), path)
    if origin is list:
        return _list(get_args(kind)[0], value, path)
    if origin is dict:
        of = get_args(kind)[1]
        return {name: _value(of, item, _join(path, name)) for name, item in _mapping(value, path).items()}
    return _scalar(kind, value, path)


def _one_of(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    """A type of the SDK that is open ("these words, or any text") is closed here, as it is at Stripe."""
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    if value in words:
        return value
    named = any(words)  # `Literal['']|str` means "or nothing", and any text
    rest = [
        kind
        for kind in kinds
        if get_origin(kind) is not Literal and not (kind is str and named) and not _is_untyped(kind)
    ]
    nested = [kind for kind in rest if is_typeddict(kind) or get_origin(kind) in (list, dict)]
    fitting = nested if isinstance(value, dict) else [kind for kind in rest if kind not in nested]
    if not fitting:
        choices = ", ".join(str(word) for word in words if word)
        raise Refusal(f"Invalid {path}: must be one of {choices}", param=path)
    for kind in fitting[:-1]:
        try:
            return _value(kind, value, path)
        except Refusal:
            continue
    return _value(fitting[-1], value, path)


def _is_untyped(kind: Any) -> bool:
    """The SDK's own object is what a plain dictionary beside it already describes."""
    bare = get_origin(kind) or kind
    return isinstance(bare, type) and issubclass(bare, stripe.StripeObject)


def _mapping(value: Any, path: str, noun: str = "hash") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(f"Invalid {noun}: {path}", param=path)
    return value


def _list(kind: Any, value: Any, path: str) -> list[Any]:
    items = _mapping(value, path, "array")
    if not all(index.isdigit() for index in items):
        raise Refusal(f"Invalid array: {path}", param=path)
    ordered = sorted(items.items(), key=lambda item: int(item[0]))
    return [_value(kind, item, f"{path}[{index}]") for index, item in ordered]


def _scalar(kind: Any, value: Any, path: str) -> Any:
    if isinstance(value, dict):
        raise Refusal(f"Invalid string: {path}", param=path)
    if get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
        raise Refusal(f"Invalid {path}: must be one of {', '.join(map(str, get_args(kind)))}", param=path)
    if kind is bool:
        if value not in {"true", "false"}:
            raise Refusal(f"Invalid boolean: {value}", param=path)
        return value == "true"
    if kind in (str, Any):
        return value
    if not NUMBERS[kind].fullmatch(value):
        name = "integer" if kind is int else "decimal"
        raise Refusal(f"Invalid {name}: {value}", code=f"parameter_invalid_{name}", param=path)
    return kind(value)


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
