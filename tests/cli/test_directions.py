from dragoman import config
from dragoman.cli.directions import lines, ways


def test_every_port_is_a_way_and_the_clear_one_is_last() -> None:
    found = ways("localhost", config.listeners(config.load()))
    assert [(way.protocol, way.port, way.tls) for way in found] == [
        ("xmpp", 5222, "starttls"),
        ("xmpp", 5223, "direct"),
        ("irc", 6697, "direct"),
        ("irc", 6667, "none"),
    ]
    assert {way.uri for way in found} == {"xmpp:localhost", "ircs://localhost:6697/", "irc://localhost:6667/"}


def test_a_link_of_xmpp_can_name_no_port_so_there_is_none_to_another_one() -> None:
    settings = config.parse("[server]\nport_offset = 1000", "", {})
    found = ways("localhost", config.listeners(settings))
    assert {way.uri for way in found} == {"", "ircs://localhost:7697/", "irc://localhost:7667/"}
    assert not [line for line in lines("localhost", found, "", "") if not line.strip() or "xmpp:" in line]


def test_a_named_server_is_reached_by_its_name_and_in_the_clear_only_from_itself() -> None:
    settings = config.parse('[domains."example.org"]', "", {})
    hosts = {way.tls: way.host for way in ways("example.org", config.listeners(settings))}
    assert hosts == {"starttls": "example.org", "direct": "example.org", "none": "localhost"}


def test_a_server_at_one_address_is_reached_there() -> None:
    settings = config.parse('[domains."example.org"]\n[server]\nlisten = ["192.0.2.7"]', "", {})
    assert ways("example.org", config.listeners(settings))[0].host == "192.0.2.7"


def test_the_words_name_ports_links_and_the_authority() -> None:
    told = "\n".join(lines("localhost", ways("localhost", config.listeners(config.load())), "/d/ca.pem", "AB:CD"))
    for part in ("port 5222, STARTTLS", "ircs://localhost:6697/", "no TLS, on this machine only", "/d/ca.pem", "AB:CD"):
        assert part in told


def test_without_an_own_authority_nothing_is_said_of_one() -> None:
    told = "\n".join(lines("localhost", ways("localhost", config.listeners(config.load())), "", ""))
    assert "authority" not in told
