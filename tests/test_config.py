from pathlib import Path

import pytest

from dragoman import config
from dragoman.core.address import Address


def problems(text: str, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(config.Invalid) as caught:
        config.parse(text, "d.toml", environment or {})
    return caught.value.problems


def test_nothing_has_to_be_set() -> None:
    settings = config.load()
    assert config.server_name(settings) == "localhost"
    assert {name: listener.port for name, listener in config.listeners(settings).items()} == {
        "xmpp": 5222,
        "xmpps": 5223,
        "ircs": 6697,
        "irc": 6667,
    }


def test_localhost_listens_on_this_machine_only() -> None:
    assert {listener.addresses for listener in config.listeners(config.load()).values()} == {config.LOOPBACK}


def test_a_named_server_listens_everywhere_but_in_the_clear() -> None:
    settings = config.parse('[domains."example.org"]', "", {})
    listeners = config.listeners(settings)
    assert listeners["xmpp"].addresses == config.EVERYWHERE
    assert listeners["irc"].addresses == config.LOOPBACK


def test_the_offset_moves_every_port_but_those_that_are_free_to_choose() -> None:
    settings = config.parse("[server]\nport_offset = 10\n[listeners.irc]\nport = 0", "", {})
    assert {listener.port for listener in config.listeners(settings).values()} == {5232, 5233, 6707, 0}
    assert config.http(settings).port == 5290


def test_a_default_listener_is_changed_in_part_or_closed() -> None:
    settings = config.parse("[listeners.irc]\nenabled = false\n[listeners.xmpp]\nport = 1", "", {})
    listeners = config.listeners(settings)
    assert "irc" not in listeners
    assert (listeners["xmpp"].port, listeners["xmpp"].tls) == (1, "starttls")


def test_each_domain_has_its_own_rooms_and_rules() -> None:
    domains = config.domains(
        config.parse(
            '[domains."a.example"]\nrooms = "chat.a.example"\n[domains."B.example".policy]\nguests = true', "", {}
        )
    )
    first, second = domains
    assert (first.rooms, first.policy.guests) == ("chat.a.example", False)
    assert (second.name, second.rooms, second.policy.guests) == ("b.example", "rooms.b.example", True)
    assert domains.of_rooms("rooms.b.example") is second


def test_an_admin_is_named_in_the_policy() -> None:
    domain = next(iter(config.domains(config.parse('[domains."a.example".policy]\nadmins = ["eve"]', "", {}))))
    assert domain.is_admin(Address.parse("eve@a.example"))


def test_mistakes_have_file_line_path_and_the_nearest_key() -> None:
    assert problems("\n[server]\nnmae = 1\n") == ["d.toml:3: server.nmae is not a setting; did you mean 'name'?"]


def test_every_mistake_of_file_and_environment_is_told() -> None:
    assert problems('[http]\nport = "x"\n[logging]\nlevel = "loud"', {"DRAGOMAN_HTTP__PRT": "1"}) == [
        "DRAGOMAN_HTTP__PRT in the environment: http.prt is not a setting; did you mean 'port'?",
        "d.toml:2: http.port expected int, not str",
        "d.toml:4: logging.level expected one of 'debug', 'info', 'warning', 'error'",
    ]


def test_what_is_no_toml_says_where() -> None:
    assert problems("[server\n")[0].startswith("d.toml: not TOML: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[domains."a.b"]\nrooms = "a.b"', "d.toml:1: domains.a.b uses the name a.b, which is taken already"),
        ("[listeners.irc]\nport = 5222", "d.toml:2: listeners.irc.port is also the port of xmpp"),
        ("[server]\nport_offset = 60400", "d.toml: listeners.xmpp.port is 65622 with the offset"),
        ('[listeners.ircs]\ntls = "starttls"', "d.toml:2: listeners.ircs.tls cannot be starttls for irc; use direct"),
        ('[tls]\nkey_file = "x"', "d.toml:1: tls needs both certificate_file and key_file, or neither"),
        ("domains = 3", "d.toml:1: domains is a table of named tables, not int 3"),
        ("listeners = 3", "d.toml:1: listeners is a table of named tables, not int 3"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(text: str, problem: str) -> None:
    assert problems(text)[0].startswith(problem)


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    file.write_text("[http]\nport = 1\n")
    settings = config.load(
        file, {"DRAGOMAN_HTTP__PORT": "2", "DRAGOMAN_SERVER__LISTEN": "::1, 127.0.0.1", "DRAGOMAN_X": "y"}
    )
    assert settings.http.port == 2
    assert settings.server.listen == ("::1", "127.0.0.1")


@pytest.mark.parametrize(
    ("text", "tls", "url"),
    [
        ("", "none", "http://localhost:8080"),
        ('[domains."example.org"]', "direct", "https://example.org:8080"),
        ('[domains."example.org"]\n[web]\nport = 443', "direct", "https://example.org"),
        ('[domains."example.org"]\n[web]\naddresses = ["127.0.0.1"]\nport = 80', "none", "http://localhost"),
        ('[web]\nurl = "https://chat.example.org/"', "none", "https://chat.example.org"),
        ("[server]\nport_offset = 1000", "none", "http://localhost:9080"),
    ],
)
def test_the_web_is_inside_tls_unless_it_is_for_this_machine_only(text: str, tls: str, url: str) -> None:
    settings = config.parse(text, "", {})
    web = config.web(settings)
    assert (web.tls, config.web_url(settings, web.port)) == (tls, url)
    assert config.web_url(settings, 0) == ""
