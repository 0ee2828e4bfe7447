"""Coming in: CAP, PASS, NICK, USER, AUTHENTICATE, and what follows when all is known."""

from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Presence
from dragoman.core.session import Session
from dragoman.protocols.irc import names
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.commands import greeting, nicks
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.sasl import Response, ResponseTooLong, chunks
from dragoman.protocols.irc.shows import capabilities_of
from dragoman.protocols.irc.wire import PROTOCOL, cut

_REALNAME_LENGTH = 150


async def cap(client: Client, line: Line) -> None:
    """Negotiate capabilities. CAP END in the middle of a login gives the login up."""
    connection = client.connection
    if line.params[0].upper() == "END" and connection.exchange is not None and not connection.registered:
        _abort(client)
    for answer in connection.negotiate(line.params):
        client.answer(answer)
    client.settle()
    await advance(client)


async def password(client: Client, line: Line) -> None:
    """PASS, which only counts before NICK and USER are complete."""
    if client.connection.registered:
        client.numeric(n.ERR_ALREADYREGISTERED)
    else:
        client.connection.password = line.params[0]


async def nick(client: Client, line: Line) -> None:
    """NICK: a wish before registration, a change after it."""
    wanted = line.params[0] if line.params else ""
    if not wanted:
        client.numeric(n.ERR_NONICKNAMEGIVEN)
    elif client.connection.registered:
        await nicks.change(client, wanted)
    elif names.account_of(wanted, client.domain) is None or "/" in wanted or len(wanted) > names.NICK_LENGTH:
        client.numeric(n.ERR_ERRONEUSNICKNAME, cut(wanted, 50).replace(" ", "_").lstrip(":") or "*")
    else:
        client.connection.nick = wanted
        await advance(client)


async def user(client: Client, line: Line) -> None:
    """USER: a name for the mask of those without an account, and what everybody is called besides the nick."""
    if client.connection.registered:
        client.numeric(n.ERR_ALREADYREGISTERED)
        return
    name, realname = line.params[0], line.params[3]
    if not name or not realname:
        client.numeric(n.ERR_NEEDMOREPARAMS, "USER")
    elif not (name.isascii() and name.isprintable()) or any(character in name for character in " @!*?,:"):
        client.numeric(n.ERR_INVALIDUSERNAME)
    else:
        client.connection.user = name[:20]
        client.connection.realname = cut(realname, _REALNAME_LENGTH)
        await advance(client)


async def authenticate(client: Client, line: Line) -> None:
    """One step of SASL (IRCv3 sasl-3.2)."""
    connection, said = client.connection, line.params[0]
    if connection.registered:
        client.numeric(n.ERR_ALREADYREGISTERED)  # the account is the nick, and both are for good
    elif client.authenticated is not None:
        client.numeric(n.ERR_SASLALREADY)
    elif said == "*":
        _abort(client)
    elif connection.exchange is None:
        await _begin(client, said.upper())
    else:
        await _continue(client, said)
    await advance(client)


async def _begin(client: Client, mechanism: str) -> None:
    authenticator, channel = client.network.services.authenticator, client.wire.channel
    offered = client.network.mechanisms(client.domain, channel)
    try:
        if mechanism not in offered:
            raise AuthenticationFailed("invalid-mechanism")
        client.connection.exchange = authenticator.begin(mechanism, PROTOCOL, client.domain, channel)
        await _step(client, None)
    except AuthenticationFailed as failed:
        if failed.condition == "invalid-mechanism":
            client.numeric(n.RPL_SASLMECHS, ",".join(offered) or "*")
        _fail(client, failed)


async def _continue(client: Client, chunk: str) -> None:
    connection = client.connection
    try:
        connection.response = connection.response or Response()
        response = connection.response.add(chunk)
        if response is None:
            return
        if client.proved is not None:
            _succeed(client)  # an empty answer to the server's last words
        else:
            await _step(client, response)
    except ResponseTooLong:
        connection.end_exchange()
        client.numeric(n.ERR_SASLTOOLONG if len(chunk) > 400 else n.ERR_SASLFAIL)
    except AuthenticationFailed as failed:
        _fail(client, failed)


async def _step(client: Client, response: bytes | None) -> None:
    exchange = client.connection.exchange
    if exchange is None:
        return
    result = await exchange.step(response)
    if isinstance(result, Challenge):
        _say(client, result.data)
        return
    client.proved = result
    if result.data is None:
        _succeed(client)
    else:
        _say(client, result.data)


def _say(client: Client, data: bytes) -> None:
    for chunk in chunks(data):
        client.answer(Line("AUTHENTICATE", (chunk,), client.network.name))


def _succeed(client: Client) -> None:
    proved, client.proved = client.proved, None
    client.connection.end_exchange()
    if proved is None:
        return
    client.authenticated = proved
    client.domain = proved.account.domain
    name = client.network.account_name(proved.account, client.domain)
    client.numeric_said(n.RPL_LOGGEDIN, _mask(client), name, f"You are now logged in as {name}")
    client.numeric(n.RPL_SASLSUCCESS)


def _mask(client: Client) -> str:
    connection = client.connection
    return f"{connection.name}!{connection.user or '*'}@{client.domain}"


def _fail(client: Client, failed: AuthenticationFailed) -> None:
    client.connection.end_exchange()
    client.proved = None
    client.numeric(n.ERR_NICKLOCKED if failed.condition == "account-disabled" else n.ERR_SASLFAIL)


def _abort(client: Client) -> None:
    client.connection.end_exchange()
    client.proved = None
    client.numeric(n.ERR_SASLABORTED)


async def advance(client: Client) -> None:
    """Register where nothing is missing any more."""
    connection = client.connection
    if not connection.is_ready or connection.exchange is not None or client.ended:
        return
    settings = client.network.settings
    if settings.password and connection.password != settings.password.text:
        client.numeric(n.ERR_PASSWDMISMATCH)
        client.end("Wrong password")
        return
    if client.authenticated is None and connection.password and not settings.password:
        await _log_in_with_password(client)
    if not client.ended:
        await _open(client)


async def _log_in_with_password(client: Client) -> None:
    """COMPAT(clients without SASL): PASS has the account's password, or ``account:password``."""
    name, colon, secret = (client.connection.password or "").partition(":")
    if not colon:
        name, secret = client.connection.nick, name
    account = names.account_of(name, client.domain)
    try:
        if account is None:
            raise AuthenticationFailed
        authenticator = client.network.services.authenticator
        client.authenticated = await authenticator.check_password(PROTOCOL, account, secret, client.wire.channel)
        client.domain = client.authenticated.account.domain
    except AuthenticationFailed:
        client.numeric(n.ERR_PASSWDMISMATCH)
        client.end("Wrong password")


async def _open(client: Client) -> None:
    """Enter a session, or ask for another nick."""
    services, connection = client.network.services, client.connection
    resource = f"irc-{services.randomness.text(4)}"
    if client.authenticated is None:
        account = await _as_guest(client)
        if account is None:
            return
    else:
        account = client.authenticated.account
        connection.nick = client.network.people.nick(account, client.domain)
    session = _session(client, account.at(resource))
    try:
        await services.sessions.open(session)
    except Refused as refused:
        if session.guest:
            services.accounts.leave_guest(account)
        client.end(refused.text or "No more sessions")
        return
    if client.ended:  # it went while the session was opened
        await services.sessions.close(session)
        return
    client.session = session
    client.settle()
    connection.registered = True
    client.network.registered(client)
    client.wire.authenticated()
    greeting.greet(client)
    await services.presence.announce(session, Presence(sender=session.address, recipient=account))
    await greeting.follow(client)


def _session(client: Client, address: Address) -> Session:
    return Session(
        address,
        PROTOCOL,
        client.deliver,
        client.close,
        capabilities_of(client.connection.negotiation.enabled),
        remote=client.wire.channel.remote,
        secure=client.wire.channel.secure,
        guest=client.authenticated is None,
        low_assurance=client.authenticated is not None and client.authenticated.assurance.value == "low",
        copies=True,
    )


async def _as_guest(client: Client) -> Address | None:
    """The address of somebody who did not log in; None where it may not come in, or not by this nick."""
    services, connection = client.network.services, client.connection
    domain = services.domains.of_accounts(client.domain)
    if domain is None or not domain.policy.guests:
        text = "You need an account here: log in with SASL"
        client.fail("*", "ACCOUNT_REQUIRED_TO_CONNECT", text)
        client.end(text)
        return None
    wanted, connection.nick = connection.nick, ""
    if not names.is_guest_nick(wanted):
        client.numeric(n.ERR_ERRONEUSNICKNAME, wanted)
        return None
    account = Address.of(fold(wanted), client.domain)
    try:
        await services.accounts.enter_guest(account)
    except Refused as refused:
        code = n.ERR_NICKNAMEINUSE if refused.condition is Condition.CONFLICT else n.ERR_ERRONEUSNICKNAME
        client.numeric(code, wanted)
        return None
    if client.ended:
        services.accounts.leave_guest(account)
        return None
    connection.nick = wanted
    return account
