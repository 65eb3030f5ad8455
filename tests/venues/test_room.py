"""The room's promises: cheap to load, closed sets of outcomes, refusals that say what to do."""

from __future__ import annotations

import subprocess
import sys

from vibex.venues.aster.errors import Kind, meaning_of, refused


def test_loading_the_client_loads_neither_http_nor_wallets_nor_sockets() -> None:
    code = (
        "import sys, vibex.venues, vibex.venues.aster\n"
        "print([m for m in ('httpx', 'eth_account', 'websockets', 'coincurve', 'numba', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_documented_code_has_words_and_a_remedy() -> None:
    documented = (
        "1000 1001 1003 1006 1007 1015 1016 1021 4225 1022 2014 2015 1100 1106 1111 1115 1121 1130 1125 2010 2018 2019 "
        "2011 2013 2020 4131 2021 4142 2022 4118 2024 2023 2025 4045 2027 2028 2030 4015 4059 4046 4061 4060 4087 4088 "
        "4137 4138 4140 4141 4022 4164 4183 4184 4013 4002 4014 4004 4005 4023 4016 4024 5060"
    )
    unlisted = meaning_of(-99_999)
    for code in (-int(number) for number in documented.split()):
        meaning = meaning_of(code)
        assert meaning.words
        assert meaning.remedy
        assert meaning is not unlisted
        assert meaning.words != unlisted.words


def test_only_codes_that_prove_nothing_leave_a_write_unknown() -> None:
    unknown = {code for code in range(-6000, 0) if meaning_of(code).kind is Kind.UNKNOWN}
    assert unknown == {-1000, -1001, -1006, -1007}


def test_codes_that_only_a_person_can_clear_stop_trading() -> None:
    assert all(refused(code, "").stop for code in (-1022, -2014, -2015, -2023, -4088))
    assert not any(refused(code, "").stop for code in (-2019, -4164, -2022, -4061))
