"""One stanza is one event, in the words that other protocols share."""

import pytest

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Edit,
    Encrypted,
    Exchange,
    Failure,
    File,
    Hint,
    Invitation,
    Kind,
    Marker,
    Message,
    Native,
    Presence,
    Reaction,
    RealTimeText,
    Receipt,
    Ref,
    Reply,
    Retraction,
    Show,
    Signal,
    Step,
    Style,
    SubscriptionChange,
    Talk,
)
from dragoman.formats.xml_parser import parse
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.translate.lift import lift_iq, lift_message, lift_presence, lift_subscription

ALICE, BOB = Address("alice", "example.org", "here"), Address("bob", "example.org")


def stanza(text: str) -> Stanza:
    (element,) = parse(f"<s xmlns='jabber:client'>{text}</s>".encode()).elements
    return Stanza(element)


def ours(domain: str) -> bool:
    return domain == "example.org"


def lifted(children: str, attributes: str = "type='chat' id='m1'") -> Talk:
    return lift_message(stanza(f"<message {attributes}>{children}</message>"), ALICE, BOB, ours)


def neutral(children: str, attributes: str = "type='chat' id='m1'") -> Talk:
    return lifted(children, attributes).readdressed(native=None)


SAID = {"sender": ALICE, "recipient": BOB, "id": "m1"}


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ("<body>Hi</body>", Message(**SAID, text="Hi")),
        ("<body/>", Message(**SAID, text="")),
        ("<body>Hi</body><body xml:lang='de'>Hallo</body>", Message(**SAID, text="Hi")),
        ("<body xml:lang='de'>Hallo</body>", Message(**SAID, text="Hallo", language="de")),
        ("<body>/me waves</body>", Message(**SAID, text="waves", style=Style.ACTION)),
        ("<subject>S</subject><body>B</body><thread>T</thread>", Message(**SAID, text="B", subject="S", thread="T")),
        (
            "<body>x</body><active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>"
            "<markable xmlns='urn:xmpp:chat-markers:0'/><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>",
            Message(
                **SAID,
                text="x",
                state=ChatStateKind.ACTIVE,
                wants_receipt=True,
                wants_marker=True,
                origin_id="o1",
            ),
        ),
        (
            "<body>y</body><replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
            Message(**SAID, text="y", corrects=Ref("m0")),
        ),
        (
            "<body>&gt; q\nyes</body><reply xmlns='urn:xmpp:reply:0' id='m0' to='bob@example.org/x'/>"
            "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback>",
            Message(**SAID, text="> q\nyes", reply=Reply(Ref("m0"), Address("bob", "example.org", "x"), 4)),
        ),
        (
            "<body>yes</body><reply xmlns='urn:xmpp:reply:0' id='m0' to='@'/>"
            "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='99'/></fallback>",
            Message(**SAID, text="yes", reply=Reply(Ref("m0"), None, 3)),
        ),
        (
            "<body>https://example.org/a</body><x xmlns='jabber:x:oob'><url>https://example.org/a</url></x>",
            Message(**SAID, text="https://example.org/a", files=(File("https://example.org/a"),)),
        ),
        (
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted><body>no</body>"
            "<encryption xmlns='urn:xmpp:eme:0' name='OMEMO' namespace='eu.siacs.conversations.axolotl'/>",
            Message(**SAID, encrypted=Encrypted("OMEMO", "no")),
        ),
        ("<encrypted xmlns='urn:xmpp:omemo:2'/>", Message(**SAID, encrypted=Encrypted("OMEMO", ""))),
        ("<subject>S</subject>", Message(**SAID, subject="S")),
        (
            "<body>x</body><no-copy xmlns='urn:xmpp:hints'/><no-store xmlns='urn:xmpp:hints'/>",
            Message(**SAID, text="x", hints=Hint.NO_COPY | Hint.NO_STORE),
        ),
        ("<body>x</body><private xmlns='urn:xmpp:carbons:2'/>", Message(**SAID, text="x", hints=Hint.NO_COPY)),
        ("<received xmlns='urn:xmpp:receipts' id='m0'/>", Receipt(**SAID, target=Ref("m0"))),
        ("<displayed xmlns='urn:xmpp:chat-markers:0' id='m0'/>", Marker(**SAID, target=Ref("m0"))),
        (
            "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
            ChatState(**SAID, state=ChatStateKind.COMPOSING),
        ),
        (
            "<reactions xmlns='urn:xmpp:reactions:0' id='m0'><reaction>👍</reaction><reaction>👍</reaction></reactions>",
            Reaction(**SAID, target=Ref("m0"), emojis=("👍",)),
        ),
        ("<reactions xmlns='urn:xmpp:reactions:0' id='m0'/>", Reaction(**SAID, target=Ref("m0"))),
        (
            "<retract xmlns='urn:xmpp:message-retract:1' id='m0'><reason>typo</reason></retract><body>gone</body>",
            Retraction(**SAID, target=Ref("m0"), reason="typo", fallback="gone"),
        ),
        (
            "<rtt xmlns='urn:xmpp:rtt:0' seq='7' event='new'><t p='2'>hi</t><e/><e p='3' n='2'/><w n='100'/><x/></rtt>",
            RealTimeText(
                **SAID,
                action="new",
                sequence=7,
                edits=(Edit(insert="hi", position=2), Edit(erase=1), Edit(position=3, erase=2), Edit(wait_ms=100)),
            ),
        ),
        (
            "<x xmlns='jabber:x:conference' jid='r@rooms.example.org' reason='why' password='pw'/>",
            Invitation(**SAID, room=Address("r", "rooms.example.org"), inviter=ALICE.bare, reason="why", password="pw"),
        ),
        ("<x xmlns='urn:x'/>", Signal(**SAID)),
        ("", Signal(**SAID)),
        ("<received xmlns='urn:xmpp:receipts'/>", Signal(**SAID)),
        ("<rtt xmlns='urn:xmpp:rtt:0' seq='-1'/>", Signal(**SAID)),
        ("<x xmlns='jabber:x:conference' jid='@'/>", Signal(**SAID)),
    ],
)
def test_a_message_is_what_its_children_say(children: str, expected: Talk) -> None:
    assert neutral(children) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("chat", Kind.CHAT),
        ("normal", Kind.NORMAL),
        ("headline", Kind.HEADLINE),
        ("groupchat", Kind.GROUPCHAT),
        ("odd", Kind.NORMAL),
    ],
)
def test_an_unknown_type_is_a_normal_message(kind: str, expected: Kind) -> None:
    assert lifted("<body>x</body>", f"type='{kind}'").kind is expected
    assert lifted("<body>x</body>", "").kind is Kind.NORMAL


def test_the_original_is_kept_whole() -> None:
    children = "<body>x</body><own xmlns='urn:x' a='1'><deep/>text</own>"
    assert lifted(children).native == Native("xmpp", children.encode())


def test_an_error_is_a_failure() -> None:
    namespace = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
    error = f"<error type='wait'><gone {namespace}/><text {namespace}>T</text></error>"
    event = lifted(f"<body>x</body>{error}", "type='error' id='m1'")
    assert isinstance(event, Failure)
    assert (event.condition, event.remedy, event.text, event.exchange) == (
        Condition.GONE,
        Remedy.WAIT,
        "T",
        Exchange.NONE,
    )
    assert lifted("", "type='error'").condition is Condition.UNDEFINED_CONDITION  # type: ignore[attr-defined] # a Failure
    answer = lift_iq(stanza(f"<iq type='error' id='1'>{error}</iq>"), ALICE, BOB)
    assert isinstance(answer, Failure) and answer.exchange is Exchange.ANSWER


def test_questions_and_answers_are_signals() -> None:
    question = lift_iq(stanza("<iq type='set' id='1'><x xmlns='urn:x'/></iq>"), ALICE, BOB)
    assert question.exchange is Exchange.REQUEST
    assert question.native == Native("xmpp", b"set<x xmlns='urn:x'/>")
    answer = lift_iq(stanza("<iq type='result' id='1'/>"), ALICE, BOB)
    assert (answer.exchange, answer.native) == (Exchange.ANSWER, Native("xmpp", b""))


def test_presence_is_lifted() -> None:
    text = "<presence><show>xa</show><status>s</status><priority> -5 </priority><c xmlns='urn:caps'/></presence>"
    event = lift_presence(stanza(text), ALICE, BOB, ours)
    assert event.readdressed(native=None) == Presence(
        sender=ALICE, recipient=BOB, show=Show.XA, status="s", priority=-5
    )
    assert event.native is not None and b"<c xmlns='urn:caps'/>" in event.native.data
    assert not lift_presence(stanza("<presence type='unavailable'/>"), ALICE, BOB, ours).available


@pytest.mark.parametrize(
    "children",
    [
        "<priority>128</priority>",
        "<priority>-129</priority>",
        "<priority>x</priority>",
        "<priority>1e1</priority>",
        "<priority>00000001</priority>",
        "<show>gone</show>",
    ],
)
def test_presence_that_cannot_be_is_refused(children: str) -> None:
    with pytest.raises(Refused) as caught:
        lift_presence(stanza(f"<presence>{children}</presence>"), ALICE, BOB, ours)
    assert caught.value.condition is Condition.BAD_REQUEST


def test_a_step_counts_between_bare_addresses() -> None:
    event = lift_subscription(stanza("<presence type='subscribe'><status>me?</status></presence>"), ALICE, BOB, ours)
    assert event.readdressed(native=None) == SubscriptionChange(
        sender=ALICE.bare, recipient=BOB, step=Step.SUBSCRIBE, status="me?"
    )
