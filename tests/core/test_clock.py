from hypothesis import given
from hypothesis import strategies as st
from tests.world import FakeClock

from dragoman.core.clock import Ids, SystemRandomness, id_floor, id_moment, id_number, id_text, system_time

numbers = st.integers(0, (1 << 63) - 1)


def test_ids_rise_within_a_millisecond_and_when_the_clock_steps_back() -> None:
    clock = FakeClock()
    ids = Ids(clock)
    first, second = ids.next(), ids.next()
    clock.moment -= 3600
    third = ids.next()
    assert first < second < third


def test_ids_go_on_after_the_last_one_of_the_store() -> None:
    last = id_floor(2_000_000_000.0)
    assert Ids(FakeClock(), last).next() == last + 1


def test_an_id_knows_its_moment() -> None:
    clock = FakeClock(moment=1_234_567_890.25)
    assert id_moment(Ids(clock).next()) == 1_234_567_890.25


@given(numbers)
def test_the_text_of_an_id_is_thirteen_characters_that_lead_back_to_it(number: int) -> None:
    text = id_text(number)
    assert len(text) == 13
    assert id_number(text) == number


@given(numbers, numbers)
def test_texts_sort_as_their_numbers(one: int, other: int) -> None:
    assert (id_text(one) < id_text(other)) == (one < other)


@given(st.text(max_size=20))
def test_what_is_no_id_is_none(text: str) -> None:
    number = id_number(text)
    assert number is None or id_text(number) == text


def test_an_id_of_64_bits_is_none_of_ours() -> None:
    assert id_number("v" * 13) is None


def test_the_system_gives_time_and_chance() -> None:
    assert system_time() > 1_700_000_000
    assert len(SystemRandomness().token(5)) == 5
    assert len({SystemRandomness().text() for _ in range(100)}) == 100
