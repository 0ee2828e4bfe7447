from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import Message, Reaction, Ref
from dragoman.storage.content import folded, other_party, reference, refers, spoken, words

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


def test_words_have_neither_case_nor_accents_nor_punctuation() -> None:
    assert words("Hello, WORLD: don't!") == ["hello", "world", "don", "t"]
    assert words("Ça été — Straße, ΑΓΆΠΗ") == ["ca", "ete", "strasse", "αγαπη"]
    assert words("שָׁלוֹם مَرْحَبًا") == ["שלום", "مرحبا"]


def test_ideographs_and_kana_are_words_of_their_own() -> None:
    assert words("你好 abc世界") == ["你", "好", "abc", "世", "界"]


def test_vowel_signs_do_not_cut_a_word() -> None:
    assert words("हिन्दी ภาษาไทย") == ["हिन्दी", "ภาษาไทย"]


def test_underscores_are_no_part_of_a_word() -> None:
    assert words("_1 snake_case ＿２") == ["1", "snake", "case", "2"]


@given(st.text())
def test_folding_again_changes_nothing_and_leaves_only_words_and_spaces(text: str) -> None:
    once = folded(text)
    assert words(once) == words(text)
    assert "_" not in once and '"' not in once
    assert all(word for word in words(text))


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_folded_as_all_other_text_is(text: str) -> None:
    assert words(text) == words(text + " é")[:-1]


def test_subject_and_text_are_what_is_spoken() -> None:
    assert spoken(Message(sender=ALICE, recipient=BOB, subject="Minutes", text="attached")) == "Minutes attached"
    assert spoken(Message(sender=ALICE, recipient=BOB, text="hi")) == "hi"
    assert spoken(Reaction(sender=ALICE, recipient=BOB, target=Ref("1"), emojis=("👍",))) == ""


def test_the_servers_id_of_a_reference_counts_before_the_senders() -> None:
    both = Reaction(sender=ALICE, recipient=BOB, target=Ref("m1", id_text(5)))
    assert refers(both, 5, "")
    assert not refers(both, 6, "m1")
    by_sender = Message(sender=ALICE, recipient=BOB, corrects=Ref("m1"))
    assert refers(by_sender, 5, "m1")
    assert not refers(by_sender, 5, "m2")
    assert not refers(Reaction(sender=ALICE, recipient=BOB, target=Ref()), 5, "")
    assert reference(Message(sender=ALICE, recipient=BOB)) is None


def test_the_other_party_is_whom_the_owner_talks_with() -> None:
    event = Message(sender=ALICE.at("phone"), recipient=BOB)
    assert other_party(event, ALICE) == BOB
    assert other_party(event, BOB) == ALICE
