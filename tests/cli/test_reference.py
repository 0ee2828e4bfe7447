import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dragoman import config
from dragoman.cli.configuration import commented
from dragoman.cli.reference import sections, toml_value
from dragoman.formats.secret import Secret


class Inner(Struct, frozen=True):
    """Something
    ``inside``."""

    must: str
    mode: Literal["a", "b"] = "a"
    """Which
    of the two."""
    size: Annotated[int, Meta(ge=1, le=9)] = 3
    names: tuple[str, ...] = ("x",)


class Outer(Struct, frozen=True):
    inner: Inner = Inner("y")
    domains: dict[str, Inner] = {}


def test_a_setting_has_its_kind_its_default_and_the_string_below_it() -> None:
    section = sections(Outer)[0]
    assert (section.header, section.text) == ("inner", "Something inside.")
    assert [(entry.name, entry.kind, entry.default, entry.text) for entry in section.entries] == [
        ("must", "text", '"y"', ""),
        ("mode", '"a" or "b"', '"a"', "Which of the two."),
        ("size", "whole number from 1 to 9", "3", ""),
        ("names", "list of text", '["x"]', ""),
    ]


def test_tables_named_by_the_owner_stand_with_an_example() -> None:
    section = sections(Outer)[1]
    assert section.header == 'domains."example.org"'
    assert section.entries[0].default == ""


def test_a_secret_default_is_not_shown() -> None:
    assert toml_value(Secret("hunter2")) == '"***"'
    assert toml_value(Secret("")) == '""'


def test_every_setting_of_the_server_is_there() -> None:
    headers = {section.header for section in sections()}
    assert {"server", 'domains."example.org".policy', "listeners.xmpp", "listeners.irc", "tls", "http"} <= headers


def test_the_commented_file_changes_nothing() -> None:
    assert config.parse(commented(), "", {}) == config.load()


def test_the_commented_file_is_right_without_its_comments() -> None:
    written = "\n".join(re.findall(r"^# (\[.+\]|[a-z_]+ = .+)$", commented(), re.MULTILINE))
    settings = config.parse(written, "", {})
    assert settings.listeners == config.DEFAULT_LISTENERS
    assert settings.http == config.Http()
