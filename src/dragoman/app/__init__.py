"""Builds the server: the one place where its parts are joined, by explicit lists, in order."""
