"""Frames cut out of a stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.formats import stun
from dragoman.formats.stun import Kind, Message
from dragoman.media.streams import Broken, Frames

STUN = stun.serialise(Message(1, Kind.REQUEST, bytes(12), ((6, b"abc"),)))
CHANNEL = b"\x40\x01\0\x05hello\0\0\0"


@given(st.lists(st.sampled_from([STUN, CHANNEL]), max_size=6), st.lists(st.integers(1, 30), max_size=40))
def test_frames_are_the_same_however_they_arrive(frames: list[bytes], cuts: list[int]) -> None:
    stream, found, cutter = b"".join(frames), [], Frames()
    for cut in cuts:
        found += cutter.feed(stream[:cut])
        stream = stream[cut:]
    assert found + cutter.feed(stream) == frames


@pytest.mark.parametrize("octets", [b"\x16\x03\x01\x02", b"\x80\0\0\0"])
def test_other_protocols_are_broken_at_their_first_octets(octets: bytes) -> None:
    with pytest.raises(Broken):
        Frames().feed(octets)
