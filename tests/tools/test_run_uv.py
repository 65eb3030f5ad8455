"""uv installs from where pip is configured to; a lock is made from the default index alone."""

from __future__ import annotations

from tools.run_uv import pip_options, uv_environment

_LISTING = """\
:env:.find-links='/wheels'
global.cert='/etc/ca.crt'
global.extra-index-url='file:///a file:///b'
global.index-url='file:///global'
install.index-url='file:///install'
freeze.timeout='10'
"""


def test_the_commands_own_section_beats_the_global_one_and_the_environment_beats_both() -> None:
    options = pip_options(_LISTING)
    assert options["index-url"] == "file:///install"
    assert pip_options(_LISTING + ":env:.index-url='file:///env'\n")["index-url"] == "file:///env"
    assert "timeout" not in options


def test_pips_index_becomes_uvs_index() -> None:
    added = uv_environment(pip_options(_LISTING), {}, locking=False)
    assert added == {
        "UV_DEFAULT_INDEX": "file:///install",
        "UV_INDEX": "file:///a file:///b",
        "UV_FIND_LINKS": "/wheels",
        "SSL_CERT_FILE": "/etc/ca.crt",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_a_variable_of_uv_that_is_set_already_wins() -> None:
    assert "UV_DEFAULT_INDEX" not in uv_environment(pip_options(_LISTING), {"UV_DEFAULT_INDEX": "x"}, locking=False)


def test_extra_indexes_do_not_narrow_a_lock() -> None:
    added = uv_environment(pip_options(_LISTING), {}, locking=True)
    assert added == {"UV_DEFAULT_INDEX": "file:///install", "SSL_CERT_FILE": "/etc/ca.crt"}


def test_without_pip_configuration_nothing_is_added() -> None:
    assert uv_environment(pip_options(""), {}, locking=False) == {}
