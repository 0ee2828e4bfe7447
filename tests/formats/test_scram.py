"""SCRAM by the vectors of its RFCs, against another implementation of it, and by what attackers try."""

import base64
import contextlib
from collections.abc import Mapping

import pytest
import scramp
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.formats.scram import ClientExchange, Keys, ScramError, ServerExchange, keys, salted

SALT = b"0123456789abcdef"
EXPORTER = {"tls-exporter": b"\x01" * 32, "tls-server-end-point": b"\x02" * 32}
VECTORS = [
    pytest.param(
        "SHA-1",
        b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        id="RFC 5802 section 5",
    ),
    pytest.param(
        "SHA-256",
        b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        id="RFC 7677 section 3",
    ),
]


def account(hash: str = "SHA-1", password: str = "pencil", salt: bytes = SALT) -> Keys:
    return keys(hash, salted(hash, password, salt, 4096))


@pytest.mark.parametrize(("hash", "first", "challenge", "final", "outcome"), VECTORS)
def test_both_sides_say_what_the_rfc_shows(
    hash: str, first: bytes, challenge: bytes, final: bytes, outcome: bytes
) -> None:
    nonce = first.decode().split("r=")[1]
    client = ClientExchange(hash, "user", "pencil", nonce)
    assert client.first() == first
    assert client.answer(challenge) == final
    client.verify(outcome)

    spoken_nonce, spoken_salt, _ = challenge.decode().split(",")
    salt = base64.b64decode(spoken_salt[2:])
    server = ServerExchange(hash, plus=False, bindings={})
    assert server.first(first) == ("user", "")
    assert server.challenge(spoken_nonce[2 + len(nonce) :], salt, 4096) == challenge
    assert server.final(final, account(hash, salt=salt)) == outcome


def run(client: ClientExchange, server: ServerExchange, kept: Keys) -> None:
    """One exchange from end to end; ``ScramError`` from whichever side stops it."""
    server.first(client.first())
    client.verify(server.final(client.answer(server.challenge("3rfcNHYJY1ZVvWVs7j", SALT, 4096)), kept))


@pytest.mark.parametrize("hash", ["SHA-1", "SHA-256", "SHA-512"])
@pytest.mark.parametrize("binding", [None, *EXPORTER.items()])
def test_every_form_ends_well(hash: str, binding: tuple[str, bytes] | None) -> None:
    client = ClientExchange(hash, "user", "pencil", "abc", binding=binding)
    run(client, ServerExchange(hash, plus=binding is not None, bindings=EXPORTER), account(hash))


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512"])
def test_another_implementation_logs_in_here(mechanism: str) -> None:
    plus = mechanism.endswith("-PLUS")
    hash = mechanism.removeprefix("SCRAM-").removesuffix("-PLUS")
    binding = ("tls-server-end-point", EXPORTER["tls-server-end-point"]) if plus else None
    client = scramp.ScramClient([mechanism], "user, = ü", "pencil", channel_binding=binding)
    server = ServerExchange(hash, plus=plus, bindings=EXPORTER if plus else {})
    assert server.first(client.get_client_first().encode()) == ("user, = ü", "")
    client.set_server_first(server.challenge("nonce", SALT, 4096).decode())
    client.set_server_final(server.final(client.get_client_final().encode(), account(hash)).decode())


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256-PLUS"])
def test_our_client_logs_in_at_another_implementation(mechanism: str) -> None:
    plus = mechanism.endswith("-PLUS")
    binding = ("tls-server-end-point", EXPORTER["tls-server-end-point"]) if plus else None
    there = scramp.ScramMechanism(mechanism)
    kept = there.make_auth_info("pencil", iteration_count=4096)
    server = there.make_server(lambda name: kept, channel_binding=binding)
    hash = mechanism.removeprefix("SCRAM-").removesuffix("-PLUS")
    client = ClientExchange(hash, "user", "pencil", "abc", binding=binding)
    server.set_client_first(client.first().decode())
    server.set_client_final(client.answer(server.get_server_first().encode()).decode())
    client.verify(server.get_server_final().encode())


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.text(",=nrax2CD3", min_size=0))
@settings(deadline=None)
def test_names_cross_the_wire_unharmed(name: str, authzid: str) -> None:
    client = ClientExchange("SHA-1", name, "pencil", "abc", authzid=authzid)
    assert ServerExchange("SHA-1", plus=False, bindings={}).first(client.first()) == (name, authzid)


@pytest.mark.spec("RFC 5802", "6")
@pytest.mark.parametrize(
    ("first", "plus", "bindings", "value"),
    [
        (b"y,,n=user,r=abc", False, EXPORTER, "server-does-support-channel-binding"),
        (b"n,,n=user,r=abc", True, EXPORTER, "channel-binding-not-supported"),
        (b"y,,n=user,r=abc", True, EXPORTER, "channel-binding-not-supported"),
        (b"p=tls-exporter,,n=user,r=abc", False, EXPORTER, "other-error"),
        (b"p=tls-unique,,n=user,r=abc", True, EXPORTER, "unsupported-channel-binding-type"),
        (b"p=tls-unique,,n=user,r=abc", True, {"tls-unique": b"x"}, "unsupported-channel-binding-type"),
        (b"p=tls-exporter,,n=user,r=abc", True, {}, "unsupported-channel-binding-type"),
    ],
)
def test_a_downgrade_is_refused(first: bytes, plus: bool, bindings: Mapping[str, bytes], value: str) -> None:
    with pytest.raises(ScramError, match=value):
        ServerExchange("SHA-1", plus=plus, bindings=bindings).first(first)


def test_y_is_right_where_there_is_nothing_to_bind_to() -> None:
    run(
        ClientExchange("SHA-1", "user", "pencil", "abc", able=True),
        ServerExchange("SHA-1", plus=False, bindings={}),
        account(),
    )


@pytest.mark.parametrize(
    ("first", "value"),
    [
        (b"", "invalid-encoding"),
        (b"n,,", "invalid-encoding"),
        (b"n,,n=,r=abc", "invalid-encoding"),
        (b"n,,n=user,r=", "invalid-encoding"),
        (b"n,,n=user", "invalid-encoding"),
        (b"n,,r=abc,n=user", "invalid-encoding"),
        (b"x,,n=user,r=abc", "invalid-encoding"),
        (b"p=,,n=user,r=abc", "invalid-encoding"),
        (b"n,user,n=user,r=abc", "invalid-encoding"),
        (b"n,,n=user,r=a c", "invalid-encoding"),
        (b"n,,n=us\0er,r=abc", "invalid-encoding"),
        (b"n,,n=\xff,r=abc", "invalid-encoding"),
        (b"n,,n=user,r=abc,", "invalid-encoding"),
        (b"n,,n=user,r=abc,xyz", "invalid-encoding"),
        (b"n,,n=a=b,r=abc", "invalid-username-encoding"),
        (b"n,,n=a=2c,r=abc", "invalid-username-encoding"),
        (b"n,a=a=3d,n=user,r=abc", "invalid-username-encoding"),
        (b"n,,m=new,n=user,r=abc", "extensions-not-supported"),
        (b"n,,n=user,r=abc,m=new", "extensions-not-supported"),
        (b"n,,n=user,r=" + b"a" * 9000, "no-resources"),
    ],
)
def test_a_malformed_first_message_is_refused(first: bytes, value: str) -> None:
    with pytest.raises(ScramError, match=value):
        ServerExchange("SHA-1", plus=False, bindings={}).first(first)


def test_extensions_that_need_not_be_understood_are_passed_over() -> None:
    assert ServerExchange("SHA-1", plus=False, bindings={}).first(b"n,,n=user,r=abc,x=y,h=z").name == "user"


def answered(**changes: str) -> bytes:
    """A right client-final-message with some of its parts changed."""
    client = ClientExchange("SHA-1", "user", "pencil", "abc")
    client.first()
    parts = dict(
        part.split("=", 1) for part in client.answer(challenge().challenge("xyz", SALT, 4096)).decode().split(",")
    )
    return ",".join(f"{name}={value}" for name, value in {**parts, **changes}.items()).encode()


def challenge() -> ServerExchange:
    server = ServerExchange("SHA-1", plus=False, bindings={})
    server.first(b"n,,n=user,r=abc")
    return server


@pytest.mark.parametrize(
    ("final", "value"),
    [
        (answered(c="eSws"), "channel-bindings-dont-match"),
        (answered(c="!"), "invalid-encoding"),
        (answered(c="bi=s"), "invalid-encoding"),
        (answered(r="abcxyZ"), "other-error"),
        (answered(r="abc"), "other-error"),
        (answered(p=base64.b64encode(b"\0" * 20).decode()), "invalid-proof"),
        (answered(p=base64.b64encode(b"\0" * 32).decode()), "invalid-proof"),
        (answered(p="AAA"), "invalid-encoding"),
        (answered(r="abcxyz,x=y"), "invalid-proof"),
        (answered(r="abcxyz,m=y"), "extensions-not-supported"),
        (b"", "invalid-encoding"),
        (b"c=biws,r=abcxyz", "invalid-encoding"),
        (b"\xff", "invalid-encoding"),
    ],
)
def test_a_wrong_final_message_is_refused(final: bytes, value: str) -> None:
    server = challenge()
    server.challenge("xyz", SALT, 4096)
    with pytest.raises(ScramError, match=value):
        server.final(final, account())


def test_a_right_final_message_is_not() -> None:
    server = challenge()
    server.challenge("xyz", SALT, 4096)
    assert server.final(answered(), account()).startswith(b"v=")


@pytest.mark.parametrize(
    "challenge",
    [
        b"r=abc,s=c2FsdA==,i=4096",
        b"r=xyzabc,s=c2FsdA==,i=4096",
        b"r=abcxyz,s=c2FsdA==,i=1",
        b"r=abcxyz,s=c2FsdA==,i=999999999",
        b"r=abcxyz,s=c2FsdA==,i=-1",
        b"m=x,r=abcxyz,s=c2FsdA==,i=4096",
        b"r=abcxyz,s=A,i=4096",
        b"\xff",
        b"",
    ],
)
def test_a_client_believes_no_wrong_challenge(challenge: bytes) -> None:
    client = ClientExchange("SHA-1", "user", "pencil", "abc")
    client.first()
    with pytest.raises(ScramError):
        client.answer(challenge)


@pytest.mark.parametrize("outcome", [b"v=AAAA", b"v=!", b"", b"e=invalid-proof", b"\xff"])
def test_a_client_believes_no_server_that_does_not_know_the_password(outcome: bytes) -> None:
    client = ClientExchange("SHA-1", "user", "pencil", "abc")
    client.first()
    client.answer(challenge().challenge("xyz", SALT, 4096))
    with pytest.raises(ScramError):
        client.verify(outcome)


def test_a_client_verifies_nothing_before_it_has_answered() -> None:
    client = ClientExchange("SHA-1", "user", "pencil", "abc")
    client.first()
    with pytest.raises(ScramError):
        client.verify(b"v=")


@given(st.binary(max_size=40), st.booleans())
def test_garbage_raises_only_scram_errors(garbage: bytes, start: bool) -> None:
    server = challenge()
    server.challenge("xyz", SALT, 4096)
    with pytest.raises(ScramError):
        server.final(garbage, Keys(b"\0" * 20, b"\0" * 20))
    with contextlib.suppress(ScramError):
        assert server.first(b"n,,n=" + garbage + b",r=abc" if start else garbage).name
