"""Holds requests and responses against Stripe's published API description.

Used for both sides: what the sandbox answers, and what the application asks. The description
stands in ``tests/data/stripe-openapi.json``; where it comes from, in the notice beside it.
"""

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

Json = dict[str, Any]

_DESCRIPTION = Path(__file__).parent / "data" / "stripe-openapi.json"

# Form fields travel as text; parameters not yet encoded are accepted as what they are.
_FORM_TYPES: dict[str, Json] = {
    "integer": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?[0-9]+$"}]},
    "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9.]+$"}]},
    "boolean": {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]},
}


class ContractBroken(AssertionError):
    """A request or response that Stripe's description does not allow."""


class StripeContract:
    """Checks exchanges; raises ContractBroken naming the operation and the member at fault."""

    def __init__(self) -> None:
        self._description: Json = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
        self._definitions: dict[str, Json] = {
            name: _response_schema(schema)
            for name, schema in self._description["components"]["schemas"].items()
        }
        self._operations: list[tuple[re.Pattern[str], Json]] = [
            (re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), methods)
            for path, methods in self._description["paths"].items()
        ]
        self._validators: dict[str, Draft202012Validator] = {}

    @property
    def version(self) -> str:
        """The API version described."""
        return str(self._description["info"]["version"])

    def operation_ids(self) -> set[str]:
        """Every operation described, such as ``PaymentLink.create``."""
        return {
            operation["operationId"]
            for methods in self._description["paths"].values()
            for operation in methods.values()
        }

    def operation_id(self, method: str, path: str) -> str:
        return str(self._operation(method, path)["operationId"])

    def parameter_schema(self, method: str, path: str) -> Json:
        """The parameters of an operation as one JSON Schema object for form-encoded values."""
        operation = self._operation(method, path)
        if method == "POST":
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/x-www-form-urlencoded", {}).get("schema", {})
            return _request_schema(schema or {"type": "object", "properties": {}})
        asked = [item for item in operation.get("parameters", []) if item["in"] == "query"]
        properties = {item["name"]: item["schema"] for item in asked}
        required = [item["name"] for item in asked if item.get("required")]
        return _request_schema({"type": "object", "properties": properties, "required": required})

    def check_request(self, method: str, path: str, params: Json) -> None:
        """``params`` are nested; leaves may be text as sent, or typed values."""
        key = f"request {self.operation_id(method, path)}"
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(self.parameter_schema(method, path))
        self._check(key, f"request {method} {path}", params)

    def check_response(self, method: str, path: str, status: int, body: Json) -> None:
        operation = self._operation(method, path)
        answer = "200" if status == 200 else "default"
        key = f"response {operation['operationId']} {answer}"
        if key not in self._validators:
            schema = operation["responses"][answer]["content"]["application/json"]["schema"]
            self._validators[key] = Draft202012Validator(
                {**_response_schema(schema), "$defs": self._definitions}
            )
        self._check(key, f"response {status} to {method} {path}", body)

    def _operation(self, method: str, path: str) -> Json:
        # Literal paths before patterns: /v1/events is not /v1/{x}.
        for pattern, methods in self._operations:
            if pattern.match(path) and method.lower() in methods:
                operation: Json = methods[method.lower()]
                return operation
        raise ContractBroken(f"Stripe's description has no {method} {path}")

    def _check(self, key: str, what: str, value: Json) -> None:
        error = best_match(self._validators[key].iter_errors(value))
        if error is not None:
            where = ".".join(str(part) for part in error.absolute_path) or "(top)"
            raise ContractBroken(f"{what}: {where}: {error.message[:300]}")


def _request_schema(schema: Json) -> Json:
    """Closed objects, and text allowed where the form carries a number or a boolean."""
    if "anyOf" in schema:
        return {"anyOf": [_request_schema(choice) for choice in schema["anyOf"]]}
    kind = schema.get("type")
    if kind in _FORM_TYPES:
        return _FORM_TYPES[kind]
    if kind == "array":
        return {"type": "array", "items": _request_schema(schema.get("items", {}))}
    if kind == "object" and "properties" in schema:
        return {
            "type": "object",
            "properties": {
                name: _request_schema(part) for name, part in schema["properties"].items()
            },
            "required": schema.get("required", []),
            "additionalProperties": False,
        }
    # An open enum may grow in replies, but a request had better use a value known today.
    return {
        name: value
        for name, value in schema.items()
        if name in ("type", "enum", "maxLength", "additionalProperties")
    }


def _response_schema(schema: Json) -> Json:
    """JSON Schema for OpenAPI's nullable, open enums and references; objects are closed."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"].rpartition("/")[2]}
    plain: Json
    choices = schema.get("anyOf") or schema.get("allOf")
    if choices:
        plain = {"anyOf": [_response_schema(choice) for choice in choices]}
    elif schema.get("type") == "array":
        plain = {"type": "array", "items": _response_schema(schema.get("items", {}))}
    elif "properties" in schema:
        plain = {
            "type": "object",
            "properties": {
                name: _response_schema(part) for name, part in schema["properties"].items()
            },
            "required": schema.get("required", []),
            "additionalProperties": False,
        }
    else:
        plain = {
            name: value
            for name, value in schema.items()
            if name in ("type", "maxLength", "additionalProperties")
            or (name == "enum" and not schema.get("x-open-enum"))
        }
    if schema.get("nullable"):
        return {"anyOf": [plain, {"type": "null"}]}
    return plain
