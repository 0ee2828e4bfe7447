"""A bot that rolls dice in a channel, over IRC, with nothing but Python's standard library.

    BOT_PASSWORD=... python examples/irc_bot.py bot '#team' \
        --host localhost --port 6697 --ca data/certificates/authority.pem
"""

import argparse
import base64
import os
import socket
import ssl

from dice import answer


class Connection:
    """Lines to and from an IRC server, over TLS."""

    def __init__(self, host: str, port: int, authority: str | None) -> None:
        plain = socket.create_connection((host, port))
        self._socket = ssl.create_default_context(cafile=authority).wrap_socket(plain, server_hostname=host)
        self._lines = self._socket.makefile(encoding="utf-8", newline="\r\n")

    def send(self, line: str) -> None:
        """Send one line."""
        self._socket.sendall(f"{line}\r\n".encode())

    def receive(self) -> tuple[str, str, list[str]]:
        """The next line as its sender's nick, its command and its parameters; answers PING by itself."""
        while True:
            line = self._lines.readline()
            if not line:
                raise EOFError("the server has closed the connection")
            source, command, parameters = parse(line.rstrip("\r\n"))
            if command != "PING":
                return source, command, parameters
            self.send(f"PONG :{parameters[-1]}")


def parse(line: str) -> tuple[str, str, list[str]]:
    """A line's parts; tags are passed over."""
    if line.startswith("@"):
        line = line.partition(" ")[2].lstrip()
    source = ""
    if line.startswith(":"):
        source, _, line = line[1:].partition(" ")
    middle, colon, trailing = line.partition(" :")
    command, *parameters = middle.split()
    return source.partition("!")[0], command, [*parameters, trailing] if colon else parameters


def log_in(connection: Connection, name: str, password: str) -> None:
    """SASL PLAIN (RFC 4616), then registration."""
    connection.send("CAP REQ :sasl")
    connection.send(f"NICK {name}")
    connection.send(f"USER {name} 0 * :Dice")
    connection.send("AUTHENTICATE PLAIN")
    words = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
    while True:
        _, command, parameters = connection.receive()
        if command == "AUTHENTICATE":
            connection.send(f"AUTHENTICATE {words}")
        elif command == "903":  # RPL_SASLSUCCESS
            connection.send("CAP END")
        elif command == "001":  # RPL_WELCOME
            return
        elif command in ("904", "905", "433"):
            raise SystemExit(parameters[-1])


def main() -> None:
    """Read the command line, connect, stay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("channel")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=6697)
    parser.add_argument("--ca", help="the authority that signed the server's certificate")
    given = parser.parse_args()
    connection = Connection(given.host, given.port, given.ca)
    log_in(connection, given.name, os.environ["BOT_PASSWORD"])
    connection.send(f"JOIN {given.channel}")
    while True:
        nick, command, parameters = connection.receive()
        if command == "366":  # RPL_ENDOFNAMES
            print("ready", flush=True)
        said = answer(parameters[-1]) if command == "PRIVMSG" and nick != given.name else ""
        if said:
            connection.send(f"PRIVMSG {parameters[0]} :{nick}: {said}")


if __name__ == "__main__":
    main()
