"""Stanzas to events (lift) and events to stanzas (render)."""
