"""XMPP in the matrix."""

from tests.interop.drivers.driver import Driver

_ROOM = "team@rooms.example.org"
_CHAT = "<message type='chat' to='{other}@example.org'"
_HEARD = "<message type='chat' from='{other}@example.org/...' to='{self}@example.org...' ...>"
_SAID = f"<message type='groupchat' from='{_ROOM}/{{other}}' ...>"
_OCCUPANT = f"<presence from='{_ROOM}/{{other}}' to='{{self}}@example.org/here' ...>"
_OWNER = f"<iq type='set' id='o' to='{_ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
_OWNER += "<x xmlns='jabber:x:data' type='submit'>"
_OWNER += "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
_ADMIN = f"<iq type='set' id='a' to='{_ROOM}'><query xmlns='http://jabber.org/protocol/muc#admin'>"
_STATES = "http://jabber.org/protocol/chatstates"
_JOIN = f"<presence to='{_ROOM}/{{self}}'><x xmlns='http://jabber.org/protocol/muc'>"
_USER = "http://jabber.org/protocol/muc#user"

SAYS = {
    "text": (_CHAT + " id='text'><body>Hello</body></message>",),
    "first": (_CHAT + " id='first'><body>First</body></message>",),
    "lines": (_CHAT + "><body>One\nTwo</body></message>",),
    "action": (_CHAT + "><body>/me waves</body></message>",),
    "away": ("<presence><show>away</show><status>Lunch</status></presence>",),
    "watch": (),
    "typing": (_CHAT + f"><composing xmlns='{_STATES}'/></message>",),
    "real-time text": (_CHAT + "><rtt xmlns='urn:xmpp:rtt:0' seq='1' event='new'><t>Hel</t></rtt></message>",),
    "file": (
        _CHAT + "><body>https://files.example.org/cat.png</body>"
        "<x xmlns='jabber:x:oob'><url>https://files.example.org/cat.png</url></x></message>",
    ),
    "correction": (
        _CHAT + "><body>Hello, all</body><replace xmlns='urn:xmpp:message-correct:0' id='text'/></message>",
    ),
    "reaction": (
        _CHAT + "><reactions xmlns='urn:xmpp:reactions:0' id='{first}'><reaction>👍</reaction></reactions></message>",
    ),
    "reply": (_CHAT + "><body>Second</body><reply xmlns='urn:xmpp:reply:0' id='{first}'/></message>",),
    "retraction": (_CHAT + "><retract xmlns='urn:xmpp:message-retract:1' id='text'/></message>",),
    "receipt": (_CHAT + "><received xmlns='urn:xmpp:receipts' id='{first}'/></message>",),
    "block": ("<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='{other}@example.org'/></block></iq>",),
    "unknown": ("<message type='chat' to='nobody@example.org' id='lost'><body>Hello</body></message>",),
    "history": (
        "<iq type='set' id='h'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
        "<field var='with'><value>{other}@example.org</value></field></x></query></iq>",
    ),
    "room text": (f"<message type='groupchat' to='{_ROOM}' id='rt'><body>Hello, team</body></message>",),
    "room reply": (
        f"<message type='groupchat' to='{_ROOM}'><body>Second</body><reply xmlns='urn:xmpp:reply:0' id='{{first}}'/></message>",
    ),
    "room reaction": (
        f"<message type='groupchat' to='{_ROOM}'><reactions xmlns='urn:xmpp:reactions:0' id='{{first}}'>"
        "<reaction>👍</reaction></reactions></message>",
    ),
    "room retraction": (
        f"<message type='groupchat' to='{_ROOM}'><retract xmlns='urn:xmpp:message-retract:1' id='{{first}}'/></message>",
    ),
    "room typing": (f"<message type='groupchat' to='{_ROOM}'><composing xmlns='{_STATES}'/></message>",),
    "join": (_JOIN + "</x></presence>",),
    "join with password": (_JOIN + "<password>sesame</password></x></presence>",),
    "leave": (f"<presence type='unavailable' to='{_ROOM}/{{self}}'><status>Bye</status></presence>",),
    "topic": (f"<message type='groupchat' to='{_ROOM}'><subject>Plans</subject></message>",),
    "kick": (_ADMIN + "<item nick='{other}' role='none'><reason>Enough</reason></item></query></iq>",),
    "ban": (
        _ADMIN + "<item jid='{other}@example.org' affiliation='outcast'><reason>Enough</reason></item></query></iq>",
    ),
    "moderated": (_OWNER + "<field var='muc#roomconfig_moderatedroom'><value>1</value></field></x></query></iq>",),
    "take voice": (_ADMIN + "<item nick='{other}' role='visitor'/></query></iq>",),
    "give voice": (_ADMIN + "<item nick='{other}' role='participant'/></query></iq>",),
    "invitation": (f"<message to='{_ROOM}'><x xmlns='{_USER}'><invite to='{{other}}@example.org'/></x></message>",),
    "password": (
        _OWNER + "<field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field>"
        "<field var='muc#roomconfig_roomsecret'><value>sesame</value></field></x></query></iq>",
    ),
}

SHOWS = {
    "text": (_HEARD + "<body>Hello</body>...</message>",),
    "first": (_HEARD.replace(" ...>", " id='{first}' ...>") + "<body>First</body>...</message>",),
    "first, mine": (),
    "text, mine": (),
    "lines": (_HEARD + "<body>One\nTwo</body>...</message>",),
    "action": (_HEARD + "<body>/me waves</body>...</message>",),
    "away": (
        "<presence from='{other}@example.org/...' to='{self}@example.org...' ...>"
        "<show>away</show><status>Lunch</status>...</presence>",
    ),
    "typing": (_HEARD + f"<composing xmlns='{_STATES}'/>...</message>",),
    "real-time text": (_HEARD + "<rtt xmlns='urn:xmpp:rtt:0' seq='1' event='new'><t>Hel</t></rtt>...</message>",),
    "file": (_HEARD + "<body>https://files.example.org/cat.png</body>...</message>",),
    "correction": (
        _HEARD + "<body>Hello, all</body><replace xmlns='urn:xmpp:message-correct:0' id='text'/>...</message>",
    ),
    "reaction": (
        _HEARD + "<reactions xmlns='urn:xmpp:reactions:0' id='first'><reaction>👍</reaction></reactions>...</message>",
    ),
    "reply": (_HEARD + "<body>Second</body><reply xmlns='urn:xmpp:reply:0' id='first' .../>...</message>",),
    "retraction": (_HEARD + "<retract xmlns='urn:xmpp:message-retract:1' id='{text}' ...>...</retract>...</message>",),
    "receipt": (_HEARD + "<received xmlns='urn:xmpp:receipts' id='first'/>...</message>",),
    "blocked": (
        "<message type='error' from='{other}@example.org' id='text' ...>...<error type='cancel' ...>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></message>",
    ),
    "unknown": (
        "<message type='error' from='nobody@example.org' id='lost' ...>...<error type='cancel' ...>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></message>",
    ),
    "history": (
        "<message ...><result xmlns='urn:xmpp:mam:2' id='{one}' ...>...</result></message>",
        "<message ...><result xmlns='urn:xmpp:mam:2' id='{two}' ...>...</result></message>",
        "<iq type='result' id='h' ...><fin xmlns='urn:xmpp:mam:2' complete='true' ...>...</fin></iq>",
    ),
    "waiting": ("...", _HEARD + "<body>Hello</body><delay xmlns='urn:xmpp:delay' .../>...</message>", "..."),
    "sent elsewhere": (
        "<message from='{self}@example.org' to='{self}@example.org/there' ...><sent xmlns='urn:xmpp:carbons:2'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='{self}@example.org/here' ...>"
        "<body>Hello</body>...</message>...</forwarded></sent>...</message>",
    ),
    "room text": (_SAID + "<body>Hello, team</body>...</message>",),
    "room first": (
        _SAID + f"<body>Hello, team</body><stanza-id xmlns='urn:xmpp:sid:0' by='{_ROOM}' id='{{first}}'/>...</message>",
    ),
    "room first, mine": (
        f"<message type='groupchat' from='{_ROOM}/{{self}}' ...><body>Hello, team</body>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{_ROOM}' id='{{first}}'/>...</message>",
    ),
    "room reply": (_SAID + "<body>Second</body><reply xmlns='urn:xmpp:reply:0' id='{first}' .../>...</message>",),
    "room reaction": (
        _SAID + "<reactions xmlns='urn:xmpp:reactions:0' id='{first}'><reaction>👍</reaction></reactions>...</message>",
    ),
    "room retraction": (
        _SAID + "<retract xmlns='urn:xmpp:message-retract:1' id='{first}' ...>...</retract>...</message>",
    ),
    "room typing": (_SAID + f"<composing xmlns='{_STATES}'/>...</message>",),
    "joined": (_OCCUPANT + f"<x xmlns='{_USER}'><item .../>...</x>...</presence>",),
    "left": (
        f"<presence type='unavailable' from='{_ROOM}/{{other}}' to='{{self}}@example.org/here' ...>"
        f"<x xmlns='{_USER}'><item role='none' ...>...</item>...</x>...</presence>",
    ),
    "topic": (_SAID + "<subject>Plans</subject>...</message>",),
    "kicked": (
        f"<presence type='unavailable' from='{_ROOM}/{{self}}' ...><x xmlns='{_USER}'>"
        "<item role='none' ...><reason>Enough</reason>...</item><status code='307'/><status code='110'/>...</x>...</presence>",
    ),
    "banned": (
        f"<presence type='unavailable' from='{_ROOM}/{{self}}' ...><x xmlns='{_USER}'>"
        "<item affiliation='outcast' role='none' ...>...</item>"
        "<status code='301'/><status code='110'/>...</x>...</presence>",
    ),
    "no voice": (
        f"<presence from='{_ROOM}/{{self}}' ...><x xmlns='{_USER}'><item role='visitor' ...>...</item>"
        "<status code='110'/>...</x>...</presence>",
    ),
    "voice": (
        f"<presence from='{_ROOM}/{{self}}' ...><x xmlns='{_USER}'><item role='participant' ...>...</item>"
        "<status code='110'/>...</x>...</presence>",
    ),
    "invited": (
        f"<message from='{_ROOM}' ...><x xmlns='{_USER}'>"
        "<invite from='{other}@example.org...' ...>...</invite>...</x>...</message>",
    ),
    "refused": (
        f"<presence type='error' from='{_ROOM}/{{self}}' ...>...<error type='auth' ...>"
        "<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></presence>",
    ),
    "inside": (
        "...",
        f"<presence from='{_ROOM}/{{self}}' ...><x xmlns='{_USER}'><status code='110'/>...</x>...</presence>",
        "...",
    ),
    "silenced": (
        f"<message type='error' from='{_ROOM}' ...>...<error type='auth' ...>"
        "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></message>",
    ),
}

XMPP = Driver("xmpp", SAYS, SHOWS)
