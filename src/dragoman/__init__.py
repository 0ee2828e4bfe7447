"""Dragoman: an instant-messaging server that every client can speak to."""

__version__ = "0.1.0"
