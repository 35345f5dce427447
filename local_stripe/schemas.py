"""Parameter schemas, read from the types that ship in the `stripe` package, one route at a time and cached."""

import importlib
import re
import types
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict  # typing's own does not know typing_extensions' TypedDict

PACKAGE = Path(stripe.__file__).parent
SERVICE_METHOD = re.compile(
    r"^    def \w+\(.*?^    \) ->.*?_request(?:_stream)?\(\s*\"(\w+)\",\s*\"([^\"]+)\"", re.DOTALL | re.MULTILINE
)
PARAMS_NAME = re.compile(r"params: (?:Optional\[)?\s*\"(\w+)\"")
IMPORT = r"from (stripe\.params[\w.]*) import \(?\s*[\w,\s]*?\b{name}\b"


@dataclass
class Scalar:
    """`type` is one of str, int, bool, float, decimal; `clearable` when "" unsets it; `choices` when it is an enum."""

    type: str = "str"
    choices: tuple[str, ...] = ()
    clearable: bool = False


@dataclass
class Object:
    """`clearable` when "" (v1) unsets the whole hash."""

    fields: dict[str, "Node"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    clearable: bool = False


@dataclass
class Array:
    item: "Node"
    clearable: bool = False


@dataclass
class Map:
    """Free keys, as in metadata."""

    value: "Node"
    clearable: bool = False


@dataclass
class Either:
    """A hash or a scalar: `created` is a timestamp or a range."""

    object: Object
    scalar: Scalar


Node = Scalar | Object | Array | Map | Either
# The package types most enums as `Literal[…] | str`, ready for values of the future; Stripe refuses what it does not
# know. Only these take values the package has not heard of: versions and event types of previews.
OPEN_ENUMS = {"api_version", "snapshot_api_version"}
SCALARS = {str: "str", int: "int", bool: "bool", float: "float", Decimal: "decimal"}


@cache
def _services() -> dict[tuple[str, str], tuple[str, str]]:
    """(METHOD, path with {} for ids) → (file, name of the params type). Reading text is faster than importing."""
    index = {}
    for file in PACKAGE.rglob("*_service.py"):
        source = file.read_text()
        for found in SERVICE_METHOD.finditer(source):
            method, path = found.groups()
            name = PARAMS_NAME.search(found.group(0))
            if name:
                index[method.upper(), _anonymous(path)] = (str(file), name.group(1))
    return index


def _anonymous(template: str) -> str:
    return re.sub(r"\{\w+\}", "{}", template)


@cache
def of_route(method: str, template: str) -> Object | None:
    """The schema the package knows for a route, None when it types no such call."""
    found = _services().get((method, _anonymous(template)))
    if found is None:
        return None
    file, name = found
    imported = re.search(IMPORT.format(name=name), Path(file).read_text())
    if imported is None:
        raise LookupError(f"{file} uses {name} and does not import it")
    return _object(getattr(importlib.import_module(imported.group(1)), name), is_root=True)


@cache
def _object(typed_dict, is_root: bool = False) -> Object:
    """`is_root` drops the client options that v1 parameter types inherit."""
    names = vars(importlib.import_module(typed_dict.__module__))
    options = RequestOptions.__annotations__ if is_root else {}
    fields = {
        name: Scalar() if name in OPEN_ENUMS else _node(annotation, names)
        for name, annotation in typed_dict.__annotations__.items()
        if name not in options
    }
    # A functional TypedDict may spell a keyword such as `from`; __annotations__ already carries the wire name.
    return Object(fields, frozenset(typed_dict.__required_keys__) & fields.keys())


def _node(annotation: Any, names: dict) -> Node:
    annotation = _resolved(annotation, names)
    if annotation in SCALARS:
        return Scalar(SCALARS[annotation])
    if is_typeddict(annotation):
        return _object(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Scalar(choices=tuple(args))
    if origin is list:
        return Array(_node(args[0], names))
    if origin is dict:
        return Map(_node(args[1], names))
    if origin in (Union, types.UnionType):
        return _union(args, names)
    return Scalar()


def _resolved(annotation: Any, names: dict) -> Any:
    while True:
        if isinstance(annotation, ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            annotation = eval(annotation, names)  # noqa: S307 - the installed package's own annotations
        elif get_origin(annotation) in (NotRequired, Required):
            annotation = get_args(annotation)[0]
        else:
            return annotation


def _union(args: tuple, names: dict) -> Node:
    """`Literal['']|X` is an X that an empty string unsets; `Literal[…]|str` is an enum; `Literal[…]|int` takes both."""
    resolved = [_resolved(arg, names) for arg in args]
    clearable = any(get_origin(arg) is Literal and get_args(arg) == ("",) for arg in resolved)
    rest = [
        arg for arg in resolved if arg is not type(None) and not (get_origin(arg) is Literal and get_args(arg) == ("",))
    ]
    rest = [arg for arg in rest if "UntypedStripeObject" not in str(arg)]
    nodes = [_node(arg, names) for arg in rest]
    objects = [node for node in nodes if isinstance(node, Object)]
    scalars = [node for node in nodes if isinstance(node, Scalar)]
    if objects and scalars:
        return Either(objects[0], scalars[0])
    if len(scalars) > 1:
        keyword = next((node.choices for node in scalars if node.choices), ())
        plain = next((node for node in scalars if not node.choices), scalars[0])
        return Scalar(plain.type, keyword, clearable)
    node = nodes[0]
    return node if isinstance(node, Either) else replace(node, clearable=clearable)
