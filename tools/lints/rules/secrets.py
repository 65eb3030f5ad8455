"""No credential in the tree: cloud keys, private keys, model provider keys, tokens of code hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lints.source import Finding, Rule, SourceFile

_SHAPES = {
    "a cloud access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN ([A-Z]+ )*PRIVATE KEY"),
    "a model provider's key": re.compile(r"\bsk-(?=[\w-]*\d)[A-Za-z0-9_-]{20,}"),
    "a code host's token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20,})"),
    "a chat token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
}


def _check(file: SourceFile) -> Iterator[Finding]:
    for number, text in enumerate(file.lines, start=1):
        for what, shape in _SHAPES.items():
            if shape.search(text):
                yield Finding(
                    line=number,
                    found=f"what looks like {what}",
                    expected="a variable of the environment, or a value made up at run time in a test",
                    reason="what is committed once is public for good; revoke it if it was real",
                )


RULE = Rule(code="secrets", check=_check)
