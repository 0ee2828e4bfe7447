"""What the server tells of itself in 005 (modern IRC §RPL_ISUPPORT)."""

from collections.abc import Iterator, Mapping

from dragoman.protocols.irc import modes, names
from dragoman.protocols.irc.settings import Settings
from dragoman.protocols.irc.wire import MAX_LINE

#: RFC 2812 §5.1 with its fifteen parameters leaves thirteen between the nick and the words.
MAX_TOKENS = 13
TEXT_LENGTH = 390
MAX_TARGETS = 4


def tokens(settings: Settings) -> dict[str, str]:
    """All of them, by name; an empty value stands without ``=``."""
    return {
        "ACCOUNTEXTBAN": "account,a",
        "AWAYLEN": str(TEXT_LENGTH),
        "BOT": "B",
        "CASEMAPPING": "ascii",
        "CHANLIMIT": f"#:{settings.max_channels}",
        "CHANMODES": modes.CHANMODES,
        "CHANNELLEN": str(names.CHANNEL_LENGTH),
        "CHANTYPES": "#",
        "CHATHISTORY": str(settings.max_history),
        "ELIST": "CMNTU",
        "EXCEPTS": "e",
        "EXTBAN": "~,a",
        "INVEX": "I",
        "KICKLEN": str(TEXT_LENGTH),
        "MAXLIST": f"beI:{settings.max_masks}",
        "MAXTARGETS": str(MAX_TARGETS),
        "MODES": str(modes.MAX_CHANGES),
        "MONITOR": str(settings.max_monitored),
        "MSGREFTYPES": "msgid,timestamp",
        "NAMELEN": str(TEXT_LENGTH),
        "NETWORK": settings.network,
        "NICKLEN": str(names.NICK_LENGTH),
        "PREFIX": modes.PREFIX,
        "SAFELIST": "",
        "TARGMAX": f"JOIN:,KICK:,LIST:,NAMES:1,NOTICE:{MAX_TARGETS},PART:,PRIVMSG:{MAX_TARGETS},TAGMSG:{MAX_TARGETS},WHOIS:1",
        "TOPICLEN": str(TEXT_LENGTH),
        "USERLEN": str(names.NICK_LENGTH),
        "UTF8ONLY": "",
        "WHOX": "",
    }


def lines(values: Mapping[str, str], room: int = MAX_LINE - 120) -> Iterator[list[str]]:
    """The tokens in as few lines as they fit into; ``room`` is what a line leaves for them, in octets."""
    line: list[str] = []
    for name, value in values.items():
        token = f"{name}={value}" if value else name
        if line and (len(line) == MAX_TOKENS or len(" ".join(line)) + 1 + len(token) > room):
            yield line
            line = []
        line.append(token)
    yield line
