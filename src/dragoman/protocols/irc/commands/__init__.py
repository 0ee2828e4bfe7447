"""The commands, a file for each group; :mod:`dragoman.protocols.irc.accept` has the table of all."""
