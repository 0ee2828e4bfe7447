"""A text that must not be seen: it shows itself only where it is asked to."""


class Secret:
    """A password or a token. Printing, formatting and logging it give stars; :attr:`text` is the secret itself.

    Neither a struct nor a dataclass, so that nothing encodes it unless told how.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self.text)
