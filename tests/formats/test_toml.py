from dragoman.formats.toml import line_of, lines

TEXT = """\
# a comment = not a key
top = 1

[server]
name = "a = b"
lists = [
  "x",
]

[domains."example.org".policy]
guests = true

[[rules]]
a.b = 1
"""


def test_tables_and_keys_have_their_lines() -> None:
    places = lines(TEXT)
    assert places[("top",)] == 2
    assert places[("server",)] == 4
    assert places[("server", "name")] == 5
    assert places[("domains", "example.org", "policy", "guests")] == 11
    assert places[("rules", "a", "b")] == 14


def test_comments_and_list_items_are_no_keys() -> None:
    assert len(lines(TEXT)) == 8


def test_what_is_written_inside_a_value_is_found_at_the_value() -> None:
    places = lines("[a]\nb = { c = 1 }\n")
    assert line_of(places, ("a", "b", "c")) == 2


def test_what_is_nowhere_has_no_line() -> None:
    assert line_of(lines(TEXT), ("other", "x")) == 0
