"""Accounts written in a file: YAML or JSON, `${VAR}` taken from the environment, nothing unknown and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from vibex.accounts.configuration.variables import FILE_KEYS, PATHS, refuse_unknown
from vibex.domain import AccountId, InvalidInput, account_id
from vibex.domain.json_text import loads

_MOST_BYTES = 1_000_000
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_GROUPS = sorted({key.split(".")[0] for key in FILE_KEYS if "." in key})
_LISTS = {"assets"}


def read_file(path: Path, environment: Mapping[str, str]) -> list[tuple[AccountId, dict[str, object]]]:
    """Each account's id and its variables, in the order of the file.

    Raises InvalidInput naming the file and what is wrong in it; a value is never repeated, it may be a key.
    """
    document = _document(path)
    if not isinstance(document, dict) or not isinstance(document.get("accounts"), list):
        raise _wrong(path, "has no list of accounts", "begin with `accounts:` and one `- id: …` for each")
    for key in document:
        refuse_unknown(str(key), ["accounts"], "part of an accounts file", str(path))
    return [_account(path, place, entry, environment) for place, entry in enumerate(document["accounts"], start=1)]


def _account(
    path: Path, place: int, entry: object, environment: Mapping[str, str]
) -> tuple[AccountId, dict[str, object]]:
    where = f"{path}, account {place}"
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str | int) or isinstance(entry["id"], bool):
        raise InvalidInput("has no id", field=where, remedy="begin it with `- id: account1`")
    try:
        found = account_id(str(entry["id"]))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=where, remedy=error.remedy) from None
    where = f"{path}, account {found}"
    values: dict[str, object] = {}
    for key, value in _leaves(entry, where):
        said = _with_variables(value, environment, f"{where}, {key}")
        name = FILE_KEYS[key]
        values[name] = str(path.parent / str(said)) if name in PATHS else said
    return found, values


def _leaves(entry: Mapping[object, object], where: str) -> Iterator[tuple[str, object]]:
    known = sorted({"id", *_GROUPS, *(key for key in FILE_KEYS if "." not in key)})
    for key, value in entry.items():
        refuse_unknown(str(key), known, "key of an account", where)
        if key == "id" or value is None:
            continue
        if key in _GROUPS:
            if not isinstance(value, dict):
                raise InvalidInput("is no group of keys", field=f"{where}, {key}")
            inner = [full.partition(".")[2] for full in FILE_KEYS if full.startswith(f"{key}.")]
            for name, deep in value.items():
                refuse_unknown(str(name), inner, f"key of {key}", where)
                if deep is not None:
                    yield f"{key}.{name}", _scalar(deep, f"{where}, {key}.{name}")
        elif key in _LISTS and isinstance(value, list):
            yield str(key), [_scalar(item, f"{where}, {key}") for item in value]
        else:
            yield str(key), _scalar(value, f"{where}, {key}")


def _scalar(value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInput("is neither text nor a number", field=where, remedy="put it in quotes")
    return str(value)


def _with_variables(value: object, environment: Mapping[str, str], where: str) -> object:
    """`value` with every `${VAR}` replaced, once: what a variable holds is not read again."""
    if isinstance(value, list):
        return [_with_variables(item, environment, where) for item in value]

    def one(match: re.Match[str]) -> str:
        if not _NAME.fullmatch(match[1]):
            raise InvalidInput("has a ${…} that names no variable", field=where, remedy="write ${NAME}")
        if match[1] not in environment:
            raise InvalidInput(f"{match[1]} is not set", field=where, remedy="set it in the environment or in ./.env")
        return environment[match[1]]

    return _VARIABLE.sub(one, str(value))


def _document(path: Path) -> object:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}", "name a file accounts.yaml or accounts.json") from None
    if len(content) > _MOST_BYTES:
        raise _wrong(path, f"has more than {_MOST_BYTES:,} bytes", "split it over several processes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(path, "is not UTF-8 text", "save it as UTF-8") from None
    if path.suffix == ".json":
        try:
            return loads(text, object_pairs_hook=lambda pairs: _without_twins(pairs, path))
        except ValueError as error:
            raise _wrong(path, f"is not JSON: {error}", "correct it") from None
    if path.suffix in (".yaml", ".yml"):
        return _yaml(text, path)
    raise _wrong(path, "is neither .yaml nor .json", "rename it")


def _without_twins(pairs: list[tuple[str, object]], path: Path) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _wrong(path, f"says {name!r} twice in one place", "leave one out")
    return dict(pairs)


def _yaml(text: str, path: Path) -> object:
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            # An alias lets a few lines stand for millions.
            if isinstance(event, yaml.AliasEvent):
                raise _wrong(path, "uses an alias (*name)", "write the value out")
        _refuse_twin_keys(node, path)
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f" in line {error.problem_mark.line + 1}"
        raise _wrong(path, f"is not YAML{line}: {error.problem}", "inside { } and [ ] put ${NAME} in quotes") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _wrong(path, "is not YAML", "correct it") from None


def _refuse_twin_keys(node: object, path: Path) -> None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        _without_twins([(str(key.value), value) for key, value in node.value], path)
        for _, value in node.value:
            _refuse_twin_keys(value, path)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twin_keys(value, path)


def _wrong(path: Path, what: str, remedy: str) -> InvalidInput:
    return InvalidInput(what, field=str(path), remedy=remedy)
