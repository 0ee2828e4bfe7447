"""One server, several domains: each has its own accounts, its own rooms and its own rules, and they talk with each other."""

from tests.stage.clients import Client, header, is_named, log_in_irc, log_in_xmpp, plain
from tests.stage.reading import Node
from tests.stage.stage import SETTINGS, Stage, open_stage

from dragoman.core.address import Address

ORG, NET = "example.org", "example.net"
PASSWORDS = {ORG: "secret", NET: "hidden"}
TWO = f'{SETTINGS}\n[domains."{NET}".policy]\narchive = false\nroom_creators = "admins"\nadmins = ["root"]\n'
MUC = "<x xmlns='http://jabber.org/protocol/muc'/>"


async def account(stage: Stage, name: str, domain: str) -> None:
    server = stage.server
    credentials = await server.accounts.passwords.credentials(PASSWORDS[domain])
    await server.services.accounts.create(Address(name, domain), credentials)


async def xmpp(stage: Stage, name: str, domain: str) -> Client:
    await account(stage, name, domain)
    client = await stage.stranger(f"{name}@{domain}", "xmpp")
    client.domain = domain
    await log_in_xmpp(client, name, "here", password=PASSWORDS[domain])
    await stage.settle()
    client.take()
    return client


async def irc(stage: Stage, name: str, domain: str) -> Client:
    """On IRC nobody says which domain before the login: the name of the account does."""
    await account(stage, name, domain)
    client = await stage.stranger(f"{name}@{domain}", "irc")
    await client.send("CAP REQ sasl\r\nAUTHENTICATE PLAIN")
    await client.send(f"AUTHENTICATE {plain(f'{name}@{domain}', PASSWORDS[domain])}")
    await client.send(f"NICK {name}\r\nUSER {name} 0 * :{name}\r\nCAP END")
    await stage.settle()
    assert any(f" 001 {name} " in line for line in client.take() if isinstance(line, str))
    return client


async def said(stage: Stage, client: Client, text: str) -> list[Node | str]:
    """Say something; what the same client hears to it."""
    client.take()
    await client.send(text)
    await stage.settle()
    return client.take()


async def test_one_name_in_two_domains_is_two_people_with_two_passwords() -> None:
    async with open_stage(settings=TWO) as stage:
        one, other = await xmpp(stage, "alice", ORG), await xmpp(stage, "alice", NET)
        await one.send(f"<message to='alice@{NET}' type='chat'><body>hello</body></message>")
        await stage.settle()
        [heard] = other.take()
        assert isinstance(heard, Node) and heard.attributes["from"] == f"alice@{ORG}/here"
        assert one.take() == []
        thief = await stage.stranger("thief", "xmpp")
        await thief.send(header(NET))
        await thief.until(is_named("features"))
        word = plain("alice", PASSWORDS[ORG])
        await thief.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{word}</auth>")
        await thief.until(is_named("failure"))


async def test_on_irc_people_of_another_domain_say_where_they_are_from() -> None:
    async with open_stage(settings=TWO) as stage:
        await account(stage, "bob", ORG)
        bob = await stage.stranger("bob", "irc")
        await log_in_irc(bob, "bob")
        dave = await irc(stage, "dave", NET)
        bob.take()
        await dave.send("PRIVMSG bob/example.org :hello")
        await bob.send("PRIVMSG dave/example.net :hello yourself")
        await stage.settle()
        assert bob.take() == [":dave/example.net!dave@example.net PRIVMSG bob :hello"]
        assert dave.take() == [":bob/example.org!bob@example.org PRIVMSG dave :hello yourself"]


async def test_each_domain_has_rooms_of_its_own_and_says_who_may_open_them() -> None:
    async with open_stage(settings=TWO) as stage:
        alice, root = await xmpp(stage, "alice", ORG), await xmpp(stage, "root", NET)
        carol = await xmpp(stage, "carol", NET)
        [refused] = await said(stage, carol, f"<presence to='team@rooms.{NET}/carol'>{MUC}</presence>")
        assert isinstance(refused, Node) and refused.attributes["type"] == "error"
        assert len(await said(stage, root, f"<presence to='team@rooms.{NET}/root'>{MUC}</presence>")) > 1
        assert len(await said(stage, alice, f"<presence to='team@rooms.{ORG}/alice'>{MUC}</presence>")) > 1
        await said(stage, carol, f"<presence to='team@rooms.{NET}/carol'>{MUC}</presence>")
        dave = await irc(stage, "dave", NET)
        assert any(" 366 " in line for line in await said(stage, dave, "JOIN #team") if isinstance(line, str))
        heard = await said(stage, dave, f"JOIN #team@rooms.{ORG}")
        assert any("alice" in line and " 353 " in line for line in heard if isinstance(line, str))
        alice.take(), carol.take()
        await root.send(f"<message type='groupchat' to='team@rooms.{NET}'><body>only here</body></message>")
        await stage.settle()
        assert len(carol.take()) == 1 and alice.take() == []


async def test_each_domain_decides_whether_its_accounts_have_a_history() -> None:
    async with open_stage(settings=TWO) as stage:
        alice, carol = await xmpp(stage, "alice", ORG), await xmpp(stage, "carol", NET)
        await alice.send(f"<message to='carol@{NET}' type='chat'><body>hello</body></message>")
        await stage.settle()
        query = "<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'/></iq>"
        assert [len(await said(stage, client, query)) for client in (alice, carol)] == [2, 1]


async def test_presence_is_seen_across_domains_by_those_who_may() -> None:
    async with open_stage(settings=TWO) as stage:
        alice, carol = await xmpp(stage, "alice", ORG), await xmpp(stage, "carol", NET)
        await alice.send(f"<presence to='carol@{NET}' type='subscribe'/>")
        await stage.settle()
        await carol.send(f"<presence to='alice@{ORG}' type='subscribed'/>")
        await stage.settle()
        alice.take()
        await carol.send("<presence><show>away</show></presence>")
        await stage.settle()
        [heard] = alice.take()
        assert isinstance(heard, Node) and heard.attributes["from"] == f"carol@{NET}/here"
