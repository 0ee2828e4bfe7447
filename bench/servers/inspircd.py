"""InspIRCd from Debian, with its limits as high as they go."""

from pathlib import Path

from bench.servers.server import Server

_CONFIG = """\
<server name="irc.bench.localhost" description="bench" network="bench" id="1BE">
<admin name="bench" nick="bench" email="bench@localhost">
<bind address="127.0.0.1" port="{port}" type="clients">
<power diepass="" restartpass="">
<connect name="all" allow="*" timeout="60" localmax="100000" globalmax="100000" maxchans="100" pingfreq="600"
  recvq="1048576" softsendq="67108864" hardsendq="134217728" threshold="1000000" commandrate="1000000" fakelag="no"
  useconnectban="no" resolvehostnames="no" useident="no" limit="100000">
<class name="none"><type name="none" classes="none">
<files motd="{directory}/motd">
<dns server="127.0.0.1" timeout="1">
<pid file="{directory}/inspircd.pid">
<options prefixquit="Quit: " syntaxhints="no" cyclehostsfromuser="no" ircumsgprefix="no" allowzerolimit="no"
  splitwhois="no" pingwarning="15" serverpingfreq="60" exemptchanops="">
<performance netbuffersize="65535" softlimit="100000" clonesonconnect="no" quietbursts="yes" somaxconn="4096">
<security announceinvites="dynamic" hidemodes="eI" flatlinks="no" maxtargets="20">
<limits maxnick="30" maxchan="64" maxmodes="20" maxident="11" maxquit="255" maxtopic="307" maxkick="255">
<log method="file" type="*" level="default" target="{directory}/inspircd.log">
<path configdir="{directory}" datadir="{directory}" logdir="{directory}" runtimedir="{directory}">
"""


def inspircd(directory: Path, port: int) -> Server:
    directory.mkdir(parents=True)
    (directory / "inspircd.conf").write_text(_CONFIG.format(directory=directory, port=port))
    (directory / "motd").write_text("bench\n")
    return Server(
        name="InspIRCd",
        project="InspIRCd",
        dialect="irc",
        port=port,
        password="",
        directory=directory,
        logins_at_once=1000,  # it welcomes newcomers once a second
        command=("inspircd", "--config", str(directory / "inspircd.conf"), "--nofork", "--nopid", "--runasroot"),
    )
