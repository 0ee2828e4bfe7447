"""Preparing the parts of an address."""


def local(text: str) -> str:
    return text.lower()


def domain(text: str) -> str:
    return text.lower()


def resource(text: str) -> str:
    return text
