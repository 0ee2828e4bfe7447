import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from dragoman.core.clock import Timer
from dragoman.net.authority import Site, make_authority, make_certificate
from dragoman.net.certificates import CertificateError, Certificates, PemPair

MOMENT = 1_790_000_000.0
DAY = 86400.0


class StillClock:
    """Stands until it is moved; timers are fired by hand."""

    def __init__(self) -> None:
        self.moment = MOMENT
        self.calls: list[object] = []

    def now(self) -> float:
        return self.moment

    def monotonic(self) -> float:
        return self.moment

    def call_later(self, seconds: float, call: object) -> Timer:
        self.calls.append(call)
        return self

    def cancel(self) -> None:
        self.calls.clear()

    def fire(self) -> None:
        call = self.calls.pop()
        assert callable(call)
        call()


SITE = Site("example.org", ("rooms.example.org",), local=True)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def own(directory: Path, clock: StillClock, *sites: Site) -> Certificates:
    certificates = Certificates(directory / "certificates", sites or (SITE,), clock)
    certificates.load()
    return certificates


def test_the_first_start_makes_an_authority_and_certificates_that_only_the_owner_can_read(
    tmp_path: Path, clock: StillClock
) -> None:
    own(tmp_path, clock)
    directory = tmp_path / "certificates"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"authority.pem": 0o644, "authority.key": 0o600, "example.org.pem": 0o644, "example.org.key": 0o600}


@pytest.mark.parametrize("name", ["example.org", "rooms.example.org", "localhost"])
def test_a_strict_verifier_accepts_the_chain_for_every_host_name(name: str) -> None:
    authority = make_authority("example.org", MOMENT)
    holder = make_certificate(authority, SITE, MOMENT)
    verifier = PolicyBuilder().store(Store([authority.certificate])).time(datetime.fromtimestamp(MOMENT, UTC))
    verifier.build_server_verifier(x509.DNSName(name)).verify(holder.certificate, [])


def test_a_certificate_names_the_domain_as_xmpp_wants_it() -> None:
    holder = make_certificate(make_authority("bücher.example", MOMENT), Site("bücher.example"), MOMENT)
    names = holder.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["xn--bcher-kva.example"]
    others = {(name.type_id.dotted_string, name.value) for name in names.get_values_for_type(x509.OtherName)}
    assert ("1.3.6.1.5.5.7.8.5", b"\x0c\x0fb\xc3\xbccher.example") in others
    assert ("1.3.6.1.5.5.7.8.7", b"\x16\x22_xmpp-client.xn--bcher-kva.example") in others


def test_a_second_start_keeps_what_is_there(tmp_path: Path, clock: StillClock) -> None:
    first = own(tmp_path, clock).summary()
    clock.moment += 300 * DAY
    again = own(tmp_path, clock).summary()
    assert again[0].not_after == first[0].not_after
    assert (first[0].days_left, again[0].days_left) == (397, 97)
    assert first[0].names == ("example.org", "rooms.example.org", "localhost")


def test_a_certificate_is_renewed_in_its_last_month_and_the_authority_stays(tmp_path: Path, clock: StillClock) -> None:
    certificates = own(tmp_path, clock)
    authority = (tmp_path / "certificates/authority.pem").read_bytes()
    certificates.watch()
    clock.fire()
    assert certificates.summary()[0].days_left == 397
    clock.moment += 368 * DAY
    clock.fire()
    assert certificates.summary()[0].days_left == 397
    assert (tmp_path / "certificates/authority.pem").read_bytes() == authority
    certificates.stop()
    assert not clock.calls


def test_a_certificate_is_made_anew_when_its_names_are_others(tmp_path: Path, clock: StillClock) -> None:
    own(tmp_path, clock)
    changed = own(tmp_path, clock, Site("example.org", ("chat.example.org",)))
    assert changed.summary()[0].names == ("example.org", "chat.example.org")


def test_each_domain_has_its_own_and_an_unknown_name_gets_the_first(tmp_path: Path, clock: StillClock) -> None:
    certificates = own(tmp_path, clock, SITE, Site("other.net", ("rooms.other.net",)))
    first, second = (certificates.select(name) for name in ("example.org", "other.net"))
    assert first is not second
    assert certificates.select("rooms.other.net") is second
    assert certificates.select("stranger.test") is first
    assert certificates.select("") is first


def _pair(directory: Path, site: Site, name: str = "server") -> PemPair:
    Certificates(directory / name, [site], StillClock()).load()
    return PemPair(directory / name / f"{site.domain}.pem", directory / name / f"{site.domain}.key")


def test_the_owners_files_are_used_and_read_again_when_they_change(tmp_path: Path, clock: StillClock) -> None:
    pair = _pair(tmp_path, Site("example.org"))
    certificates = Certificates(tmp_path / "unused", [SITE], clock, [pair])
    certificates.load()
    assert certificates.authority_file is None
    assert not (tmp_path / "unused").exists()
    old = certificates.select("example.org")
    certificates.watch()
    clock.fire()
    assert certificates.select("example.org") is old
    other = _pair(tmp_path, Site("example.org", ("new.example.org",)), "other")
    for fresh, used in ((other.key, pair.key), (other.certificate, pair.certificate)):
        os.replace(fresh, used)
    clock.fire()
    assert certificates.select("example.org") is not old
    assert certificates.summary()[0].names == ("example.org", "new.example.org")


def test_a_wildcard_stands_for_one_label(tmp_path: Path, clock: StillClock) -> None:
    pairs = [_pair(tmp_path, Site("example.org"), "a"), _pair(tmp_path, Site("*.example.org"), "b")]
    certificates = Certificates(tmp_path, [SITE], clock, pairs)
    certificates.load()
    wild = certificates.select("rooms.example.org")
    assert wild is not certificates.select("example.org")
    assert certificates.select("a.b.example.org") is certificates.select("example.org")


def test_what_cannot_be_read_is_named_and_the_old_stays_in_use(tmp_path: Path, clock: StillClock) -> None:
    pair = _pair(tmp_path, Site("example.org"))
    certificates = Certificates(tmp_path, [SITE], clock, [pair])
    certificates.load()
    old = certificates.select("")
    stranger = _pair(tmp_path, Site("example.org"), "stranger")
    os.replace(stranger.key, pair.key)
    with pytest.raises(CertificateError, match=f"{pair.key} is not the key of {pair.certificate}"):
        certificates.load()
    pair.certificate.write_text("nonsense")
    with pytest.raises(CertificateError, match=f"{pair.certificate} is not a certificate in PEM"):
        certificates.load()
    assert certificates.reload() is False
    assert certificates.select("") is old
