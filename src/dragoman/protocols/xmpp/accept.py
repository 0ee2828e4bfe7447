"""Our users' clients: a stream from its header to a session (RFC 6120 §4 to §7), and on to what the session says."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, SaslExchange, Success
from dragoman.core.endpoint import Assurance, Channel, Wire
from dragoman.core.errors import Condition, ProtocolError, Refused
from dragoman.core.policy import Domain
from dragoman.formats.xml import Element, serialise
from dragoman.protocols.xmpp import incoming, offers, sasl, stream, stream_management
from dragoman.protocols.xmpp.client import PROTOCOL, Client
from dragoman.protocols.xmpp.connection import Connection, Stage
from dragoman.protocols.xmpp.errors import STREAM_CONDITIONS, error_reply
from dragoman.protocols.xmpp.namespaces import CLIENT
from dragoman.protocols.xmpp.requests import (
    AuthAborted,
    AuthAsked,
    BindAsked,
    Ended,
    Greeting,
    Request,
    Responded,
    ResumeAsked,
    TlsAsked,
)
from dragoman.protocols.xmpp.server import Server
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.stream_management import Ledger

Work = Coroutine[Any, Any, None]


class XmppCaller:
    """One connection. It knows its client from the moment the client has a session."""

    __slots__ = (
        "_account",
        "_assurance",
        "_client",
        "_connection",
        "_domain",
        "_exchange",
        "_greeted",
        "_language",
        "_server",
        "wire",
    )

    def __init__(self, server: Server, wire: Wire) -> None:
        self.wire = wire
        self._server = server
        self._connection = Connection()
        self._domain: Domain | None = None
        self._exchange: SaslExchange | None = None
        self._account: Address | None = None
        self._assurance = Assurance.FULL
        self._client: Client | None = None
        self._language = ""
        self._greeted = False

    # -- what the network calls -------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> Work | None:
        """See :class:`dragoman.core.endpoint.Caller`."""
        self._connection.receive(data)
        left = self._begin()
        return self._finish(left) if left else None

    def _begin(self) -> list[Work]:
        """Begin with what came, and give back what has to be waited for, in its order: one thing, or first some messages that
        only wait for their commits. So what a client says at once is committed at once."""
        left: list[Work] = []
        try:
            while (request := self._connection.next()) is not None:
                if self._client is None or not isinstance(request, Stanza):
                    left.append(self._serve(request))
                    break
                one = incoming.begin(self._client, request, behind=bool(left))
                if one is not None:
                    left.append(one.work)
                    if not one.queued:
                        break
        except (AuthenticationFailed, ProtocolError) as error:
            left.append(_raise(error))
        return left

    async def _finish(self, left: list[Work]) -> None:
        while left:
            fault: Exception | None = None
            try:
                for work in left:
                    try:
                        await work
                    except AuthenticationFailed as failed:
                        self._login_failed(failed)
                    except ProtocolError as error:
                        self.break_off(error.condition, error.text)
                    except Exception as error:
                        fault = error  # of ours; what is in the history is delivered all the same
            except BaseException:  # given up while it waited
                for work in left:
                    work.close()
                raise
            if fault is not None:
                raise fault
            left = self._begin()

    def secured(self, channel: Channel) -> None:
        """TLS stands."""
        self._connection.secured()
        self._greeted = False

    def failed(self, condition: Condition, text: str) -> None:
        """The network gives this client up."""
        self.break_off(STREAM_CONDITIONS.get(condition, "undefined-condition"), text)

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        self._connection.close()
        client, self._client = self._client, None
        if client is not None and client.caller is self:
            client.detach()

    def drain(self, reason: str) -> None:
        """The server is stopping: RFC 6120 §4.9.3.19."""
        self.break_off("system-shutdown", reason)

    # -- ending the stream --------------------------------------------------------------------------------------------------

    def break_off(self, condition: str, text: str = "", detail: Element | None = None) -> None:
        """End the stream with an error; a header comes first where there was none (RFC 6120 §4.9.1.2)."""
        if self._connection.stage is Stage.CLOSED:
            return
        self._write_header("")
        self.wire.write(stream.error(condition, text, detail))
        self._connection.close()
        self.wire.close()

    def supersede(self) -> None:
        """The client came back on another connection: this one is nobody's any more."""
        self._client = None
        self.break_off("conflict", "the session was resumed elsewhere")

    def _write_header(self, to: str) -> None:
        if self._greeted:
            return
        self._greeted = True
        domain = self._domain or next(iter(self._server.services.domains))
        self.wire.write(stream.header(domain=domain.name, id=self._server.services.randomness.text(8), to=to))

    # -- what the client asks for -------------------------------------------------------------------------------------------

    async def _serve(self, request: Request) -> None:
        match request:
            case Greeting():
                self._greet(request)
            case TlsAsked():
                self._start_tls()
            case AuthAsked():
                await self._begin_login(request)
            case Responded():
                await self._step(request.data)
            case AuthAborted():
                raise AuthenticationFailed("aborted")
            case BindAsked():
                await self._bind(request)
            case ResumeAsked():
                self._resume(request)
            case Ended():
                await self._end()

    def _greet(self, greeting: Greeting) -> None:
        self._greeted = self._greeted and self._connection.stage is Stage.BOUND
        if self._account is None or self._domain is None:
            domain = offers.domain(self._server, greeting.to, self.wire.channel)
        else:
            domain = self._domain if greeting.to in ("", self._domain.name) else None
        if domain is None:
            raise ProtocolError("host-unknown")
        self._domain = domain
        self._language = greeting.language
        self._write_header(greeting.sender)
        if self._connection.stage is Stage.REOPENING:
            self.wire.write(self._server.offered_after_login)
        elif self._connection.stage is Stage.OPENING:
            self.wire.write(offers.before_login(self._server, domain, self.wire.channel))
        else:
            raise ProtocolError("policy-violation", "a stream has one header")
        self._connection.greeted()

    def _start_tls(self) -> None:
        if not self.wire.channel.upgradable or self.wire.channel.secure:
            raise ProtocolError("unsupported-stanza-type", "TLS was not offered")
        self.wire.write(stream.PROCEED)
        self._connection.secured()
        self.wire.start_tls()

    # -- the login ------------------------------------------------------------------------------------------------------------

    async def _begin_login(self, asked: AuthAsked) -> None:
        channel, domain = self.wire.channel, self._domain
        if domain is None:
            raise ProtocolError("not-authorized")
        if offers.needs_tls(self._server, channel):
            raise AuthenticationFailed("encryption-required")
        self._exchange = self._server.services.authenticator.begin(asked.mechanism, PROTOCOL, domain.name, channel)
        await self._step(asked.response)

    async def _step(self, response: bytes | None) -> None:
        exchange = self._exchange
        if exchange is None:
            raise AuthenticationFailed("malformed-request")
        result = await exchange.step(response)
        if isinstance(result, Challenge):
            self.wire.write(stream.challenge(sasl.encode(result.data)))
            self._connection.challenged()
            return
        await self._logged_in(result)

    async def _logged_in(self, success: Success) -> None:
        self._exchange = None
        # The session is bound to whom the login proved, never to a name that the client gave (RFC 6120 §6.3.8).
        self._account = success.account
        self._assurance = success.assurance
        self._greeted = False
        self._connection.authenticated()
        self.wire.authenticated()
        self.wire.write(stream.success(sasl.encode(success.data) if success.data is not None else None))

    def _login_failed(self, failed: AuthenticationFailed) -> None:
        self._exchange = None
        self.wire.write(stream.failure(failed.condition, failed.text))
        try:
            self._connection.refused()
        except ProtocolError as error:
            self.break_off(error.condition, error.text)

    # -- the session ----------------------------------------------------------------------------------------------------------

    async def _bind(self, asked: BindAsked) -> None:
        account = self._account
        if account is None:
            raise ProtocolError("not-authorized")
        resource = asked.resource or self._server.services.randomness.text(8)
        try:
            address = Address.of(account.local, account.domain, resource)
            client = Client(self._server, address, self._language)
            await self._open(client)
        except Refused as refused:
            request = Element("iq", CLIENT, {"id": asked.id, "type": "set"})
            self.wire.write(serialise(error_reply(request, refused, ""), CLIENT).encode())
            return
        self._client = client
        client.caller = self
        self.wire.write(stream.bound(asked.id, address))
        self._connection.bound()

    async def _open(self, client: Client) -> None:
        session, services = client.session, self._server.services
        session.remote, session.secure = self.wire.channel.remote, self.wire.channel.secure
        session.low_assurance = self._assurance is Assurance.LOW
        session.guest = self._assurance is Assurance.GUEST
        if session.guest and not services.accounts.is_guest(session.account):
            await services.accounts.enter_guest(session.account)
        await self._server.replace(session.address)
        await services.sessions.open(session)
        self._server.clients[session] = client

    def _resume(self, asked: ResumeAsked) -> None:
        """XEP-0198 §5."""
        account = self._account
        client = self._server.resumable(asked.previous, account) if account is not None else None
        if client is None or client.ledger is None:
            self.wire.write(stream_management.failed("item-not-found", self._server.handled(asked.previous)))
            return
        client.come_back(partial(self._attach, client, client.ledger, asked.handled))

    def _attach(self, client: Client, ledger: Ledger, handled: int) -> None:
        if client.ended or self._connection.stage is Stage.CLOSED:
            return
        if not ledger.acknowledge(handled):
            detail = stream_management.too_high(handled, ledger.sent)
            self.break_off("undefined-condition", "more was acknowledged than was sent", detail)
            return
        self._client = client
        self._connection.bound()
        client.attach(self, ledger)

    async def _end(self) -> None:
        """The client closed its stream: the session is over, and nothing of it is to be resumed (XEP-0198 §5)."""
        self._write_header("")
        self.wire.write(stream.CLOSING)
        self._connection.close()
        self.wire.close()
        client, self._client = self._client, None
        if client is not None and client.caller is self:
            client.caller = None
            await client.end()


async def _raise(error: Exception) -> None:
    raise error
