"""The servers that are compared: each module writes one's configuration and says how it is started."""
