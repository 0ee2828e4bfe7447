"""The three laws of lowering, and what each step makes of an event."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.capabilities import ALL_FEATURES, EVERYTHING, Capabilities, Feature
from dragoman.core.lower import lower
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Edit,
    Encrypted,
    Event,
    File,
    Marker,
    Message,
    Native,
    Reaction,
    RealTimeText,
    Receipt,
    Ref,
    Reply,
    Retraction,
    Signal,
    Span,
    Style,
)

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")
ENDS = {"sender": ALICE, "recipient": BOB}
PLAIN = Capabilities(Feature(0))

texts = st.text(max_size=60) | st.sampled_from(
    ["a\nb", "\n\n", "x" * 300, "👩‍👩‍👧 family", "one two three " * 20, "\u2028"]
)
refs = st.builds(Ref, id=st.text(max_size=5), archive_id=st.text(max_size=5))
spans = st.builds(Span, st.integers(0, 30), st.integers(1, 30), st.sampled_from(["bold", "mono"]))
natives = st.none() | st.just(Native("xmpp", b"<body/>"))
messages = st.builds(
    Message,
    **{name: st.just(value) for name, value in ENDS.items()},
    native=natives,
    text=texts,
    subject=st.text(max_size=10),
    markup=st.lists(spans, max_size=3).map(tuple),
    style=st.sampled_from(Style),
    state=st.none() | st.sampled_from(ChatStateKind),
    reply=st.none() | st.builds(Reply, refs, quoted=st.integers(0, 5)),
    corrects=st.none() | refs,
    files=st.lists(st.builds(File, st.just("https://example.org/f")), max_size=2).map(tuple),
    encrypted=st.none() | st.builds(Encrypted, st.just("omemo"), st.text(max_size=9)),
    wants_receipt=st.booleans(),
    wants_marker=st.booleans(),
)
others = st.sampled_from(
    [
        Reaction(**ENDS, target=Ref("1"), emojis=("👍", "🎉"), added=("🎉",)),
        Reaction(**ENDS, target=Ref("1"), removed=("🎉",)),
        Retraction(**ENDS, target=Ref("1"), reason="oops\nreally"),
        Retraction(**ENDS, target=Ref("1"), moderator="mod"),
        Receipt(**ENDS, target=Ref("1")),
        Marker(**ENDS, target=Ref("1")),
        ChatState(**ENDS, state=ChatStateKind.COMPOSING),
        RealTimeText(**ENDS, edits=(Edit(insert="h"),)),
        RealTimeText(**ENDS, action="cancel"),
        Signal(**ENDS, native=Native("xmpp", b"<x/>")),
    ]
)
events = messages | others
capabilities = st.builds(
    Capabilities,
    st.integers(0, int(ALL_FEATURES)).map(Feature),
    st.just(0) | st.integers(80, 400),
)


def shows(event: Event, able: Capabilities) -> bool:
    """Whether an event uses only what a receiver can show."""
    needed = {
        RealTimeText: Feature.REAL_TIME_TEXT,
        ChatState: Feature.CHAT_STATE,
        Receipt: Feature.RECEIPT,
        Marker: Feature.MARKER,
        Reaction: Feature.REACTION,
        Retraction: Feature.RETRACTION,
    }.get(type(event), Feature(0))
    if isinstance(event, Message):
        used = {
            Feature.MULTILINE: len(event.text.splitlines()) > 1,
            Feature.MARKUP: event.markup,
            Feature.SUBJECT: event.subject,
            Feature.ACTION: event.style is Style.ACTION,
            Feature.REPLY: event.reply,
            Feature.CORRECTION: event.corrects,
            Feature.FILE: event.files,
            Feature.ENCRYPTED: event.encrypted,
            Feature.CHAT_STATE: event.state,
            Feature.RECEIPT: event.wants_receipt,
            Feature.MARKER: event.wants_marker,
        }
        for feature, is_used in used.items():
            needed |= feature if is_used else Feature(0)
        if able.max_text_bytes and len(event.text.encode(errors="surrogatepass")) > able.max_text_bytes:
            return False
    return needed in able.features or needed == Feature(0)


@given(events, capabilities)
def test_the_result_uses_only_what_the_receiver_can_show(event: Event, able: Capabilities) -> None:
    if isinstance(event, Message) and event.text.splitlines() and event.text != event.text.strip():
        event = event.changed(text=event.text.strip())
    assert all(shows(lowered, able) for lowered in lower(event, able) if able != EVERYTHING)


@given(events, capabilities)
def test_lowering_again_changes_nothing(event: Event, able: Capabilities) -> None:
    once = lower(event, able)
    assert [again for each in once for again in lower(each, able)] == once


@given(events)
def test_a_receiver_of_everything_gets_the_event_itself(event: Event) -> None:
    (same,) = lower(event, EVERYTHING)
    assert same is event


@given(messages, capabilities)
def test_what_was_changed_carries_no_trace_of_its_old_form(message: Message, able: Capabilities) -> None:
    for lowered in lower(message, able):
        assert lowered is message or lowered.native is None


def only(event: Event, able: Capabilities = PLAIN) -> Message:
    (lowered,) = lower(event, able)
    assert isinstance(lowered, Message)
    return lowered


def test_a_correction_becomes_a_starred_answer_to_the_old_message() -> None:
    message = Message(**ENDS, text="right", corrects=Ref("1", "a"))
    lowered = only(message, Capabilities(Feature.REPLY))
    assert lowered.text == "* right" and lowered.reply == Reply(Ref("1", "a")) and lowered.corrects is None


def test_a_reaction_is_said_in_words_and_taking_it_back_is_not() -> None:
    assert only(Reaction(**ENDS, target=Ref("1"), emojis=("👍",), added=("👍",))).text == "* reacted with 👍"
    assert lower(Reaction(**ENDS, target=Ref("1"), removed=("👍",)), PLAIN) == []


def test_a_text_of_several_lines_becomes_several_messages_and_the_first_keeps_the_id() -> None:
    message = Message(**ENDS, text="one\n\ntwo", archive_id="0000000000001", markup=(Span(5, 3, "bold"),))
    first, second = lower(message, Capabilities(Feature.MARKUP))
    assert isinstance(first, Message) and isinstance(second, Message)
    assert (first.text, first.archive_id, first.markup) == ("one", "0000000000001", ())
    assert (second.text, second.archive_id, second.markup) == ("two", "", (Span(0, 3, "bold"),))


def test_a_file_becomes_its_link_once() -> None:
    message = Message(**ENDS, text="look https://example.org/a", files=(File("https://example.org/a"),))
    assert only(message).text == "look https://example.org/a"
    assert only(message.changed(text="")).text == "https://example.org/a"


def test_an_encrypted_message_shows_its_notice_and_never_its_payload() -> None:
    message = Message(**ENDS, text="x", encrypted=Encrypted("omemo", "sealed"), native=Native("xmpp", b"<enc/>"))
    lowered = only(message)
    assert lowered.text == "sealed" and lowered.native is None


def test_real_time_text_is_typing_for_those_who_know_only_that() -> None:
    event = RealTimeText(**ENDS, edits=(Edit(insert="h"),))
    assert lower(event, Capabilities(Feature.CHAT_STATE)) == [ChatState(**ENDS, state=ChatStateKind.COMPOSING)]
    assert lower(event, PLAIN) == []
