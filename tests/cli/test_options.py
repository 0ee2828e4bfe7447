from dragoman import config
from dragoman.cli.options import overridden
from dragoman.net.settings import UNLIMITED


def test_nothing_said_changes_nothing() -> None:
    assert overridden(config.load()) == config.load()


def test_domains_take_the_place_of_those_in_the_file_and_keep_their_rules() -> None:
    settings = config.parse('[server]\nname = "c.example"\n[domains."a.example".policy]\nguests = true', "", {})
    changed = overridden(settings, domains=["b.example", "a.example"])
    assert list(changed.domains) == ["b.example", "a.example"]
    assert changed.domains["a.example"].policy.guests
    assert config.server_name(changed) == "b.example"


def test_addresses_and_ports_are_moved() -> None:
    changed = overridden(config.load(), listen=["192.0.2.1"], port_offset=100)
    listener = config.listeners(changed)["xmpp"]
    assert (listener.addresses, listener.port) == (("192.0.2.1",), 5322)


def test_an_offset_of_nothing_takes_back_the_one_in_the_file() -> None:
    settings = config.parse("[server]\nport_offset = 5", "", {})
    assert config.listeners(overridden(settings, port_offset=0))["xmpp"].port == 5222


def test_no_limits_are_no_limits() -> None:
    changed = overridden(config.load(), no_limits=True)
    assert not changed.limits.enabled
    assert changed.connections == UNLIMITED
    assert not changed.auth.throttle.enabled
