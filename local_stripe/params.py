"""Check and convert the parameters of a request against its route's schema, refusing what Stripe would refuse."""

import json
import re
from abc import ABC, abstractmethod
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from local_stripe import errors, extra_params, schemas, versions
from local_stripe.schemas import Array, Either, Map, Node, Object, Scalar

INTEGER = re.compile(r"^-?\d{1,18}$")
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500
TYPE_WORDS = {"int": "integer", "bool": "boolean", "str": "string", "float": "decimal", "decimal": "decimal"}
EXPAND = Array(Scalar())


@lru_cache(maxsize=1024)
def schema_for(method: str, template: str, version_header: str) -> Object:
    version = versions.parse(version_header)
    schema = schemas.of_route(method, template) or Object()
    extra = extra_params.for_route(method, template, version)
    if extra:
        schema = extra_params.merged_object(schema, extra)
    if template.startswith("/v1/") and "expand" not in schema.fields:
        schema = Object({**schema.fields, "expand": EXPAND}, schema.required)
    if method == "GET" and template.startswith("/v2/") and "limit" in schema.fields:
        schema = Object({**schema.fields, "page": Scalar()}, schema.required)
    return schema


def check(raw: dict, schema: Object, *, is_form: bool) -> dict:
    """Typed parameters. `is_form`: values are strings (v1 bodies, all query strings); otherwise JSON types.

    Raises StripeError with the `param` in Stripe's own spelling: a[b][0] in v1, a.b[0] in v2.
    """
    reader = FormReader() if is_form else JsonReader()
    return reader.object(raw, schema, "")


class Reader(ABC):
    """Walks value and schema together; subclasses know how the wire spells scalars and names."""

    @abstractmethod
    def join(self, name: str, key: str) -> str:
        """The name of `key` inside the hash `name`."""

    @abstractmethod
    def scalar(self, value, node: Scalar, name: str):
        """The value as its type, or a refusal."""

    def node(self, value, node: Node, name: str):
        if isinstance(node, Either):
            if isinstance(value, dict):
                return self.object(value, node.object, name)
            return self.scalar(value, node.scalar, name)
        if value == "" and not isinstance(node, Scalar):
            if node.clearable:
                return {} if isinstance(node, Map) else None
            raise errors.empty(name)
        if isinstance(node, Object):
            return self.object(value, node, name)
        if isinstance(node, Array):
            return self.array(value, node, name)
        if isinstance(node, Map):
            return self.map(value, node, name)
        return self.scalar(value, node, name)

    def object(self, value, node: Object, name: str) -> dict:
        if not isinstance(value, dict):
            raise errors.wrong_type(name, "object", value)
        unknown = [self.join(name, key) for key in value if key not in node.fields]
        if unknown:
            raise errors.unknown(*unknown)
        for key in sorted(node.required):
            if key not in value or value[key] is None:
                raise errors.missing(self.join(name, key))
            if value[key] == "" and not getattr(node.fields[key], "clearable", False):
                raise errors.empty(self.join(name, key))
        return {key: self.field(inner, node.fields[key], self.join(name, key)) for key, inner in value.items()}

    def field(self, value, node: Node, name: str):
        return None if value is None else self.node(value, node, name)

    def array(self, value, node: Array, name: str) -> list:
        if not isinstance(value, list):
            raise errors.wrong_type(name, "array", value)
        return [self.node(item, node.item, f"{name}[{place}]") for place, item in enumerate(value)]

    def map(self, value, node: Map, name: str) -> dict:
        if not isinstance(value, dict):
            raise errors.wrong_type(name, "object", value)
        if name.endswith("metadata"):
            _check_metadata(value, name)
        return {key: self.field(inner, node.value, self.join(name, key)) for key, inner in value.items()}

    def choice(self, value: str, node: Scalar, name: str) -> str:
        if value not in node.choices:
            raise errors.not_one_of(name, node.choices)
        return value


class FormReader(Reader):
    def join(self, name: str, key: str) -> str:
        return f"{name}[{key}]" if name else key

    def array(self, value, node: Array, name: str) -> list:
        if isinstance(value, dict) and all(key.isdigit() for key in value):
            value = [value[key] for key in sorted(value, key=int)]
        return super().array(value, node, name)

    def scalar(self, value, node: Scalar, name: str):
        if isinstance(value, dict) and "filename" in value:
            return value
        if not isinstance(value, str):
            raise errors.wrong_type(name, TYPE_WORDS[node.type], json.dumps(value))
        if value == "" and (node.clearable or (node.type == "str" and not node.choices)):
            return value
        if value == "":
            raise errors.empty(name)
        if not _is_text(value):
            raise errors.wrong_type(name, "string", ascii(value))
        if node.type == "str":
            return self.choice(value, node, name) if node.choices else value
        return value if value in node.choices else _parsed(value, node.type, name)


class JsonReader(Reader):
    def join(self, name: str, key: str) -> str:
        return f"{name}.{key}" if name else key

    def scalar(self, value, node: Scalar, name: str):
        kind = "decimal" if node.type == "float" else node.type
        fits = {
            "str": isinstance(value, str) and _is_text(value),
            "int": isinstance(value, int) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
            "decimal": isinstance(value, str) and _is_decimal(value),
        }[kind]
        if not fits:
            raise errors.wrong_type(name, TYPE_WORDS[kind], json.dumps(value))
        return self.choice(value, node, name) if node.choices else value


def _parsed(text: str, type: str, name: str):
    if type == "int" and INTEGER.match(text):
        return int(text)
    if type == "bool" and text in ("true", "false"):
        return text == "true"
    if type in ("float", "decimal") and _is_decimal(text):
        return float(text) if type == "float" else text
    raise errors.wrong_type(name, TYPE_WORDS[type], text)


def _is_text(value: str) -> bool:
    """Neither NUL nor half of a surrogate pair: what a database of text can keep."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _check_metadata(value: dict, name: str) -> None:
    if len(value) > METADATA_KEYS:
        raise errors.wrong_type(name, "metadata", f"at most {METADATA_KEYS} keys")
    for key, inner in value.items():
        if len(key) > METADATA_KEY_LENGTH or "[" in key or "]" in key:
            raise errors.wrong_type(name, "metadata key", key)
        if isinstance(inner, str) and len(inner) > METADATA_VALUE_LENGTH:
            raise errors.wrong_type(
                f"{name}[{key}]", "metadata value", f"longer than {METADATA_VALUE_LENGTH} characters"
            )
