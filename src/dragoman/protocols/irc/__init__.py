"""IRC: the server that IRC clients connect to (RFC 1459, RFC 2812, modern IRC, IRCv3)."""
