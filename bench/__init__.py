"""Dragoman beside its peers, measured: ``python -m bench`` (see ``docs/performance.md`` for what it found)."""
