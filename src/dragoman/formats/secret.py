"""A text that must not be seen: it shows itself only where it is asked to."""

from msgspec import Struct


class Secret(Struct, frozen=True):
    """A password or a token. Printing, formatting and logging it give stars; :attr:`text` is the secret itself."""

    text: str

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self.text)
