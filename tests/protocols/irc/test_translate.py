import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.model import ChatState, ChatStateKind, Hint, Kind, Message, Reaction, Ref, Signal, Span, Style
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.translate import Way, lift, reactions, render, split

WAY = Way(Address("alice", "example.org", "irc"), Address("bob", "example.org"), Kind.CHAT, "id1")


def said(text: str, **tags: str) -> Line:
    return Line("PRIVMSG", ("bob", text), tags=tags)


def test_words_are_lifted_without_their_codes_and_rendered_as_they_were() -> None:
    event = lift(said("a \x02b\x02", **{"+x": "1", "account": "forged"}), WAY)
    assert isinstance(event, Message)
    assert (event.text, event.markup) == ("a b", (Span(2, 1, "bold"),))
    back = render(event, 50)
    assert back is not None and (back.command, back.texts, back.tags) == ("PRIVMSG", ("a \x02b\x02",), {"+x": "1"})


def test_changed_content_does_not_leak_its_old_form() -> None:
    event = lift(said("secret", **{"+x": "1"}), WAY)
    back = render(event.changed(text="else"), 50)
    assert back is not None and (back.texts, back.tags) == (("else",), {})


@pytest.mark.parametrize(("command", "text"), [("PRIVMSG", "\x01VERSION\x01"), ("NOTICE", "\x01VERSION x\x01")])
def test_ctcp_is_for_irc_clients_only_and_is_not_kept(command: str, text: str) -> None:
    event = lift(Line(command, ("bob", text)), WAY)
    assert isinstance(event, Signal) and event.hints is Hint.NO_STORE


def test_actions_and_notices_have_their_style() -> None:
    action, notice = lift(said("\x01ACTION waves\x01"), WAY), lift(Line("NOTICE", ("bob", "n")), WAY)
    assert isinstance(action, Message) and isinstance(notice, Message)
    assert (action.style, action.text, notice.style) == (Style.ACTION, "waves", Style.NOTICE)


def test_tags_alone_are_typing_reactions_or_signals() -> None:
    def tagged(**tags: str) -> object:
        return lift(Line("TAGMSG", ("bob",), tags=tags), WAY)

    typing = tagged(**{"+typing": "paused"})
    assert isinstance(typing, ChatState) and typing.state is ChatStateKind.PAUSED
    reaction = tagged(**{"+draft/reply": "m1", "+draft/unreact": "x"})
    assert isinstance(reaction, Reaction)
    assert (reaction.target.archive_id, reaction.added, reaction.removed) == ("m1", (), ("x",))
    assert isinstance(tagged(**{"+draft/react": "x"}), Signal)  # it does not say to what
    kept = tagged(**{"+draft/persist": ""})
    assert isinstance(kept, Signal) and kept.hints is Hint.STORE


def test_a_set_of_reactions_is_told_one_by_one() -> None:
    event = Reaction(sender=WAY.sender, recipient=WAY.recipient, target=Ref(), added=("a", "b"), removed=("c",))
    assert [(each.added, each.removed) for each in reactions(event)] == [((), ("c",)), (("a",), ()), (("b",), ())]


@given(st.text(), st.integers(20, 60))
def test_pieces_fit_are_single_lines_and_lose_only_spaces(text: str, octets: int) -> None:
    text = text.encode(errors="ignore").decode()
    pieces = split(text, octets)
    assert all(piece.strip() and len(piece.splitlines()) == 1 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
