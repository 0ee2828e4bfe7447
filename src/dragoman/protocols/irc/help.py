"""What HELP says: a few lines on each command that people type."""

_ON = {
    "AWAY": ("AWAY [:text]", "Goes away with a text, or comes back without one."),
    "CHATHISTORY": (
        "CHATHISTORY <LATEST|BEFORE|AFTER|AROUND|BETWEEN> <target> <place> [<place>] <limit>",
        "Shows what was said. A place is timestamp=..., msgid=..., or * with LATEST.",
    ),
    "INVITE": ("INVITE <nick> <channel>", "Asks somebody in; they may come once, whatever the modes."),
    "ISON": ("ISON <nick> [<nick>...]", "Tells which of these are here."),
    "JOIN": ("JOIN <channel>[,<channel>] [<key>[,<key>]]", "Goes into channels. A channel that is new is yours."),
    "KICK": ("KICK <channel> <nick> [:reason]", "Puts somebody out of a channel."),
    "LIST": ("LIST [<mask or condition>]", "Lists channels: by mask, !mask, >3 users, C<60, T<60 (minutes)."),
    "MARKREAD": ("MARKREAD <target> [timestamp=...]", "Asks or tells how far you have read, for all your devices."),
    "MODE": (
        "MODE <channel> [<modes> [<parameter>...]]",
        "i members only, k key, l limit, m moderated, n no messages from outside, s secret, t topic locked, P kept",
        "b bans, e exceptions, I invitations: masks, or ~account:<name>",
        "q owner, a admin, o moderator, v voice",
    ),
    "MONITOR": ("MONITOR <+|-|C|L|S> [<nick>[,<nick>]]", "Tells you when people come and go."),
    "NAMES": ("NAMES <channel>", "Lists who is in a channel."),
    "NICK": ("NICK <nick>", "Changes the nick of a guest. With an account, the nick is the account's name."),
    "NOTICE": ("NOTICE <target> :<text>", "Like PRIVMSG, but nothing answers to it by itself."),
    "PART": ("PART <channel>[,<channel>] [:reason]", "Goes out of channels."),
    "PRIVMSG": ("PRIVMSG <target>[,<target>] :<text>", "Says something to a channel or to somebody."),
    "QUIT": ("QUIT [:reason]", "Ends this connection."),
    "REDACT": ("REDACT <target> <msgid> [:reason]", "Takes a message back."),
    "SETNAME": ("SETNAME :<name>", "Changes your real name."),
    "TOPIC": ("TOPIC <channel> [:text]", "Shows or sets a channel's topic."),
    "WHO": ("WHO <channel or mask> [o] [%fields]", "Lists people that you may see."),
    "WHOIS": ("WHOIS <nick>", "Tells about somebody."),
    "WHOWAS": ("WHOWAS <nick> [<count>]", "Tells who had a nick before."),
}

HELP = _ON | {"*": ("HELP <command>", "There is help on:", " ".join(sorted(_ON)))}
