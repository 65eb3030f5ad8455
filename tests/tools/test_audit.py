"""The audit refuses the licences it must, and never takes silence for "no vulnerabilities"."""

from __future__ import annotations

import json

import pytest

from tools.audit import licences
from tools.audit.__main__ import locked_names
from tools.audit.licences import Verdict, declared_licence, judge
from tools.audit.vulnerabilities import read_answer


@pytest.mark.parametrize(
    "declared",
    [
        "MIT",
        "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "Apache Software License",
        "Mozilla Public License 2.0 (MPL 2.0)",
        "MIT OR GPL-3.0-only",
        "(MIT AND BSD-3-Clause) OR AGPL-3.0-only",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
        "PSF-2.0",
        "Apache-2.0 AND CNRI-Python",
    ],
)
def test_permissive_licences_and_choices_with_a_permissive_side_are_allowed(declared: str) -> None:
    assert judge("some-package", declared).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    "declared",
    [
        "GPL-3.0-only",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0-only",
        "MIT AND (GPL-2.0-only OR AGPL-3.0-only)",
        "LGPL-3.0-only",
        "GNU Lesser General Public License v3 (LGPLv3)",
    ],
)
def test_gpl_agpl_and_unlisted_lgpl_are_refused(declared: str) -> None:
    assert judge("some-package", declared).verdict is Verdict.REFUSED


def test_lgpl_passes_for_named_packages_only_and_gpl_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(licences.LGPL_ALLOWED, "driver", "imported unmodified")
    assert judge("driver", "LGPL-3.0-only").verdict is Verdict.ALLOWED
    assert judge("other", "LGPL-3.0-only").verdict is Verdict.REFUSED
    assert judge("driver", "GPL-3.0-only").verdict is Verdict.REFUSED


@pytest.mark.parametrize("declared", ["", "Proprietary", "see the website", "MIT AND Proprietary"])
def test_what_cannot_be_read_is_unknown_and_not_allowed(declared: str) -> None:
    assert judge("some-package", declared).verdict is Verdict.UNKNOWN


def test_the_most_exact_field_of_the_metadata_counts() -> None:
    classifiers = ["License :: OSI Approved :: MIT License", "License :: OSI Approved", "Typing :: Typed"]
    assert declared_licence("p", expression="ISC", classifiers=classifiers, text="GPL") == "ISC"
    assert declared_licence("p", expression=None, classifiers=classifiers, text="GPL") == "MIT License"
    assert declared_licence("p", expression=None, classifiers=[], text="BSD\nRedistribution…") == "BSD"
    assert declared_licence("p", expression=None, classifiers=[], text="UNKNOWN") == ""
    assert declared_licence("ta-lib", expression=None, classifiers=[], text=None) == "BSD-2-Clause"


def test_a_package_the_service_has_no_record_of_is_unanswered_and_not_clean() -> None:
    report = {
        "dependencies": [
            {"name": "alembic", "version": "1.0", "vulns": []},
            {"name": "fastapi", "version": "2.0", "vulns": [{"id": "CVE-1"}, {"id": "CVE-2"}]},
            {"name": "numpy", "skip_reason": "not found"},
        ]
    }
    answer = read_answer(json.dumps(report))
    assert answer.audited == 2
    assert answer.vulnerable == ["fastapi 2.0: CVE-1, CVE-2"]
    assert answer.unanswered == ["numpy"]


def test_output_that_is_no_report_is_no_answer() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        read_answer("")


def test_a_package_locked_in_two_versions_is_named_once() -> None:
    lock = "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:00\nnumpy==2.5.5 ; x\nta-lib==0.8.2\n"
    assert locked_names(lock) == ["numpy", "ta-lib"]
