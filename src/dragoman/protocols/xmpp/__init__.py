"""XMPP: the server that XMPP clients connect to (RFC 6120, RFC 6121, and the extensions in :data:`~.specs.SPECS`)."""
