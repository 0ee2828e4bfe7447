from dragoman.core.capabilities import ALL_FEATURES, EVERYTHING, Capabilities, Feature


def test_everything_is_every_feature_without_a_limit() -> None:
    assert all(feature in ALL_FEATURES for feature in Feature)
    assert Capabilities() == EVERYTHING
    assert EVERYTHING.max_text_bytes == 0
