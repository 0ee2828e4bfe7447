"""ngIRCd from Debian, with its limits and penalties off."""

from pathlib import Path

from bench.servers.server import Server

_CONFIG = """\
[Global]
Name = irc.bench.localhost
Info = bench
AdminInfo1 = bench
AdminInfo2 = localhost
AdminEMail = bench@localhost
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = bench
PidFile =
[Limits]
ConnectRetry = 60
IdleTimeout = 0
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = 0
PingTimeout = 600
PongTimeout = 60
[Options]
AllowRemoteOper = no
DNS = no
Ident = no
PAM = no
SyslogFacility = local1
"""


def ngircd(directory: Path, port: int) -> Server:
    directory.mkdir(parents=True)
    (directory / "ngircd.conf").write_text(_CONFIG.format(directory=directory, port=port))
    return Server(
        name="ngIRCd",
        project="ngIRCd",
        dialect="irc",
        port=port,
        password="",
        directory=directory,
        command=("ngircd", "--nodaemon", "--config", str(directory / "ngircd.conf")),
    )
