"""Bytes to values and back; no idea of users or servers."""
