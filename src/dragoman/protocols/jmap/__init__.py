"""JMAP: the API of the web client and of bots (RFC 8620, and RFC 8887 over WebSocket), on the neutral model."""
