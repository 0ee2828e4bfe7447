"""Builds the server: the one place where its parts are joined."""
