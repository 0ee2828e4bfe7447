from dragoman.core.address import Address
from dragoman.protocols.irc.hostmasks import account_named, complete


def test_masks_get_the_parts_that_were_left_out() -> None:
    for written, whole in (
        ("bob", "bob!*@*"),
        ("@host", "*!*@host"),
        ("user@host", "*!user@host"),
        ("bob!user", "bob!user@*"),
        ("bob!user@host", "bob!user@host"),
        ("", "*!*@*"),
    ):
        assert complete(written) == whole


def test_an_extended_ban_names_an_account() -> None:
    assert account_named("~account:bob", "example.org") == Address("bob", "example.org")
    assert account_named("~a:bob/other.org", "example.org") == Address("bob", "other.org")
    assert account_named("bob!*@*", "example.org") is None
