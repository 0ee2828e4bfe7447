from dragoman.protocols.irc import isupport
from dragoman.protocols.irc.settings import Settings


def test_lines_hold_at_most_thirteen_tokens_and_fit() -> None:
    values = isupport.tokens(Settings())
    lines = list(isupport.lines(values))
    assert all(0 < len(line) <= 13 for line in lines)
    assert [token.partition("=")[0] for line in lines for token in line] == list(values)
    short = list(isupport.lines(values, 80))
    assert all(len(" ".join(line)) <= 80 or len(line) == 1 for line in short)


def test_tokens_say_what_the_settings_say() -> None:
    values = isupport.tokens(Settings(network="Home", max_channels=7, max_monitored=8, max_history=9))
    assert (values["NETWORK"], values["CHANLIMIT"], values["MONITOR"], values["CHATHISTORY"]) == (
        "Home",
        "#:7",
        "8",
        "9",
    )
