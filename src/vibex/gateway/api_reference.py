"""The page that documents the routes: the OpenAPI document as tables, readable without a network or a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vibex.gateway.page import Markup, page, tag

Schema = Mapping[str, Any]
"""A part of an OpenAPI document, which is JSON of no fixed shape."""


def render_api_reference(document: Schema) -> Markup:
    """`document` is the application's OpenAPI document."""
    operations = [
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [_schema(name, schema) for name, schema in document["components"]["schemas"].items()]
    return page(
        "vibex – API",
        tag("h1", "API ", tag("small", document["info"]["version"])),
        tag(
            "p",
            "Every route reads. For programs: ",
            tag("a", "/openapi.json", href="/openapi.json"),
            ". An unknown query parameter is refused; every error is a Problem.",
        ),
        *operations,
        tag("h2", "Schemas"),
        *schemas,
    )


def _operation(method: str, path: str, operation: Schema) -> Markup:
    parameters = [
        (p["name"], p["in"], _type(p["schema"]), p.get("description", "")) for p in operation.get("parameters", [])
    ]
    answers = [
        (status, ", ".join(_contents(answer)), answer.get("description", ""))
        for status, answer in sorted(operation["responses"].items())
    ]
    return tag(
        "section",
        tag("h3", tag("span", method.upper(), class_="method"), " ", tag("code", path)),
        tag("p", f"{operation['summary']}. {operation.get('description', '')}"),
        _table(("Parameter", "In", "Type", "Meaning"), parameters) if parameters else Markup(),
        _table(("Status", "Body", "Meaning"), answers),
        class_="card",
        id=operation["operationId"],
    )


def _contents(answer: Schema) -> Iterator[str]:
    for media_type, content in answer.get("content", {}).items():
        yield f"{_type(content.get('schema', {}))} as {media_type}"


def _schema(name: str, schema: Schema) -> Markup:
    required = schema.get("required", [])
    rows = [
        (key if key in required else f"{key} (optional)", _type(field), field.get("description", ""))
        for key, field in schema.get("properties", {}).items()
    ]
    description = tag("p", schema.get("description", ""))
    return tag(
        "section", tag("h3", tag("code", name)), description, _table(("Field", "Type", "Meaning"), rows), class_="card"
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Markup:
    titles = tag("thead", tag("tr", *(tag("th", name, class_="text", scope="col") for name in head)))
    body = tag("tbody", *(tag("tr", *(tag("td", cell, class_="text wrap") for cell in row)) for row in rows))
    return tag("div", tag("table", titles, body), class_="scroll")


def _type(schema: Schema) -> str:
    """A schema in one line: `integer, 1 to 1000, default 100` or `list of RunSummary`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    kind = str(schema.get("type", "any JSON"))
    if kind == "array":
        kind = f"list of {_type(schema.get('items', {}))}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        kind = f"object with values {_type(values)}"
    facts = [kind + (f" ({schema['format']})" if "format" in schema else "")]
    if "minimum" in schema and "maximum" in schema:
        facts.append(f"{schema['minimum']} to {schema['maximum']}")
    if "default" in schema:
        facts.append(f"default {schema['default']}")
    return ", ".join(facts)
