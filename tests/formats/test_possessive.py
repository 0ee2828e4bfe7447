import re

from dragoman.formats.possessive import GROUP


def test_a_group_that_fails_halfway_gives_back_what_it_had_matched() -> None:
    for repeat, end in (("*", 2), ("+", 2), ("{0,3}", 2)):
        match = re.match(f"(?:ab?c){repeat}{GROUP}", "aca")
        assert match is not None and match.end() == end
    match = re.match(f"(?:ab?c)?{GROUP}", "ab")
    assert match is not None and match.end() == 0
