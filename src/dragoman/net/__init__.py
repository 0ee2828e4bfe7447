"""The only sockets: listeners, connections, TLS and its certificates, health over HTTP, and the control socket."""
