from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.stores import RoomConfig
from dragoman.protocols.irc import channel_modes
from dragoman.protocols.irc.modes import Change, read, write


def test_classes_decide_which_letter_takes_a_parameter() -> None:
    assert list(read("+ov-l+kb-k", ["alice", "bob", "key", "x!*@*", "old"])) == [
        Change(True, "o", "alice"),
        Change(True, "v", "bob"),
        Change(False, "l"),
        Change(True, "k", "key"),
        Change(True, "b", "x!*@*"),
        Change(False, "k", "old"),
    ]


def test_a_list_without_a_parameter_is_a_question() -> None:
    assert [change.is_query for change in read("b+e", [])] == [True, True]
    assert not Change(True, "b", "x").is_query


def test_an_unknown_letter_takes_no_parameter_from_the_next() -> None:
    assert list(read("+Zo", ["alice"])) == [Change(True, "Z"), Change(True, "o", "alice")]


changes = st.builds(Change, st.booleans(), st.sampled_from("imnst")) | st.builds(
    Change, st.booleans(), st.sampled_from("ovbk"), st.from_regex("[a-z]{1,5}", fullmatch=True)
)


@given(st.lists(changes, min_size=1))
def test_what_is_written_reads_the_same(wanted: list[Change]) -> None:
    modes, *parameters = write(wanted)
    assert list(read(modes, parameters)) == wanted


def test_settings_are_modes() -> None:
    config = RoomConfig(public=False, members_only=True, password="key", max_occupants=5)
    assert write(channel_modes.describe(config)) == ["+instkl", "key", "5"]
    assert write(channel_modes.told(config, ("public", "external_messages", "password"))) == ["+snk", "key"]
    assert write(channel_modes.told(RoomConfig(), ("password", "max_occupants", "title"))) == ["-kl", "*"]


def test_modes_are_settings() -> None:
    config = RoomConfig()
    for letter, setting, value in (("s", "public", False), ("n", "external_messages", False), ("m", "moderated", True)):
        changed = channel_modes.apply(config, Change(True, letter))
        assert changed is not None and getattr(changed, setting) is value
    assert channel_modes.apply(config, Change(True, "k", "secret")) == RoomConfig(password="secret")
    assert channel_modes.apply(RoomConfig(password="x"), Change(False, "k", "*")) == config
    assert channel_modes.apply(config, Change(True, "l", "7")) == RoomConfig(max_occupants=7)


def test_parameters_that_make_no_sense_are_refused() -> None:
    for parameter in ("", "0", "-1", "many", "9" * 12, "٣"):
        assert channel_modes.apply(RoomConfig(), Change(True, "l", parameter)) is None
    for key in ("", "a b", "a,b", ":a", "a\u2028b", "x" * 65):
        assert channel_modes.apply(RoomConfig(), Change(True, "k", key)) is None
