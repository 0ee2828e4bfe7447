"""Numerics (modern IRC §Numerics, IRCv3), and the words behind those that always say the same."""

RPL_WELCOME = "001"
RPL_YOURHOST = "002"
RPL_CREATED = "003"
RPL_MYINFO = "004"
RPL_ISUPPORT = "005"
RPL_STATSUPTIME = "242"
RPL_ENDOFSTATS = "219"
RPL_UMODEIS = "221"
RPL_LUSERCLIENT = "251"
RPL_LUSEROP = "252"
RPL_LUSERUNKNOWN = "253"
RPL_LUSERCHANNELS = "254"
RPL_LUSERME = "255"
RPL_ADMINME = "256"
RPL_ADMINLOC1 = "257"
RPL_ADMINLOC2 = "258"
RPL_ADMINEMAIL = "259"
RPL_LOCALUSERS = "265"
RPL_GLOBALUSERS = "266"
RPL_WHOISCERTFP = "276"
RPL_AWAY = "301"
RPL_USERHOST = "302"
RPL_ISON = "303"
RPL_UNAWAY = "305"
RPL_NOWAWAY = "306"
RPL_WHOISREGNICK = "307"
RPL_WHOISUSER = "311"
RPL_WHOISSERVER = "312"
RPL_WHOISOPERATOR = "313"
RPL_WHOWASUSER = "314"
RPL_ENDOFWHO = "315"
RPL_WHOISIDLE = "317"
RPL_ENDOFWHOIS = "318"
RPL_WHOISCHANNELS = "319"
RPL_LISTSTART = "321"
RPL_LIST = "322"
RPL_LISTEND = "323"
RPL_CHANNELMODEIS = "324"
RPL_CREATIONTIME = "329"
RPL_WHOISACCOUNT = "330"
RPL_NOTOPIC = "331"
RPL_TOPIC = "332"
RPL_TOPICWHOTIME = "333"
RPL_WHOISBOT = "335"
RPL_INVITELIST = "336"
RPL_ENDOFINVITELIST = "337"
RPL_WHOISACTUALLY = "338"
RPL_INVITING = "341"
RPL_INVEXLIST = "346"
RPL_ENDOFINVEXLIST = "347"
RPL_EXCEPTLIST = "348"
RPL_ENDOFEXCEPTLIST = "349"
RPL_VERSION = "351"
RPL_WHOREPLY = "352"
RPL_NAMREPLY = "353"
RPL_WHOSPCRPL = "354"
RPL_LINKS = "364"
RPL_ENDOFLINKS = "365"
RPL_ENDOFNAMES = "366"
RPL_BANLIST = "367"
RPL_ENDOFBANLIST = "368"
RPL_ENDOFWHOWAS = "369"
RPL_INFO = "371"
RPL_MOTD = "372"
RPL_ENDOFINFO = "374"
RPL_MOTDSTART = "375"
RPL_ENDOFMOTD = "376"
RPL_WHOISHOST = "378"
RPL_WHOISMODES = "379"
RPL_YOUREOPER = "381"
RPL_REHASHING = "382"
RPL_TIME = "391"
ERR_UNKNOWNERROR = "400"
ERR_NOSUCHNICK = "401"
ERR_NOSUCHSERVER = "402"
ERR_NOSUCHCHANNEL = "403"
ERR_CANNOTSENDTOCHAN = "404"
ERR_TOOMANYCHANNELS = "405"
ERR_WASNOSUCHNICK = "406"
ERR_TOOMANYTARGETS = "407"
ERR_INVALIDCAPCMD = "410"
ERR_NORECIPIENT = "411"
ERR_NOTEXTTOSEND = "412"
ERR_INPUTTOOLONG = "417"
ERR_UNKNOWNCOMMAND = "421"
ERR_NOMOTD = "422"
ERR_NONICKNAMEGIVEN = "431"
ERR_ERRONEUSNICKNAME = "432"
ERR_NICKNAMEINUSE = "433"
ERR_UNAVAILRESOURCE = "437"
ERR_USERNOTINCHANNEL = "441"
ERR_NOTONCHANNEL = "442"
ERR_USERONCHANNEL = "443"
ERR_NOTREGISTERED = "451"
ERR_NEEDMOREPARAMS = "461"
ERR_ALREADYREGISTERED = "462"
ERR_PASSWDMISMATCH = "464"
ERR_YOUREBANNEDCREEP = "465"
ERR_INVALIDUSERNAME = "468"
ERR_CHANNELISFULL = "471"
ERR_UNKNOWNMODE = "472"
ERR_INVITEONLYCHAN = "473"
ERR_BANNEDFROMCHAN = "474"
ERR_BADCHANNELKEY = "475"
ERR_BADCHANMASK = "476"
ERR_BANLISTFULL = "478"
ERR_NOPRIVILEGES = "481"
ERR_CHANOPRIVSNEEDED = "482"
ERR_CANTKILLSERVER = "483"
ERR_NOOPERHOST = "491"
ERR_UMODEUNKNOWNFLAG = "501"
ERR_USERSDONTMATCH = "502"
ERR_HELPNOTFOUND = "524"
ERR_INVALIDKEY = "525"
RPL_WHOISSECURE = "671"
ERR_INVALIDMODEPARAM = "696"
RPL_HELPSTART = "704"
RPL_HELPTXT = "705"
RPL_ENDOFHELP = "706"
RPL_MONONLINE = "730"
RPL_MONOFFLINE = "731"
RPL_MONLIST = "732"
RPL_ENDOFMONLIST = "733"
ERR_MONLISTFULL = "734"
RPL_LOGGEDIN = "900"
RPL_LOGGEDOUT = "901"
ERR_NICKLOCKED = "902"
RPL_SASLSUCCESS = "903"
ERR_SASLFAIL = "904"
ERR_SASLTOOLONG = "905"
ERR_SASLABORTED = "906"
ERR_SASLALREADY = "907"
RPL_SASLMECHS = "908"

#: What stands in the last parameter.
TEXTS = {
    RPL_ENDOFSTATS: "End of STATS",
    RPL_LUSEROP: "operators online",
    RPL_LUSERUNKNOWN: "connections not yet registered",
    RPL_LUSERCHANNELS: "channels formed",
    RPL_UNAWAY: "You are no longer marked as away",
    RPL_NOWAWAY: "You are marked as away",
    RPL_WHOISREGNICK: "is a registered account",
    RPL_WHOISOPERATOR: "is an operator of this server",
    RPL_ENDOFWHO: "End of WHO",
    RPL_WHOISIDLE: "seconds idle, signed on at",
    RPL_ENDOFWHOIS: "End of WHOIS",
    RPL_LISTEND: "End of LIST",
    RPL_WHOISACCOUNT: "is logged in as",
    RPL_NOTOPIC: "No topic is set",
    RPL_WHOISBOT: "is a bot",
    RPL_ENDOFINVITELIST: "End of INVITE list",
    RPL_WHOISACTUALLY: "is connecting from",
    RPL_ENDOFINVEXLIST: "End of channel invitation list",
    RPL_ENDOFEXCEPTLIST: "End of channel exception list",
    RPL_ENDOFLINKS: "End of LINKS",
    RPL_ENDOFNAMES: "End of NAMES",
    RPL_ENDOFBANLIST: "End of channel ban list",
    RPL_ENDOFWHOWAS: "End of WHOWAS",
    RPL_ENDOFINFO: "End of INFO",
    RPL_ENDOFMOTD: "End of MOTD",
    RPL_YOUREOPER: "You are now an operator of this server",
    RPL_REHASHING: "Reading the configuration again",
    ERR_NOSUCHNICK: "No such nick or channel",
    ERR_NOSUCHSERVER: "No such server",
    ERR_NOSUCHCHANNEL: "No such channel",
    ERR_CANNOTSENDTOCHAN: "Cannot send to channel",
    ERR_TOOMANYCHANNELS: "You are in too many channels",
    ERR_WASNOSUCHNICK: "There was no such nick",
    ERR_TOOMANYTARGETS: "Too many targets",
    ERR_INVALIDCAPCMD: "Invalid CAP subcommand",
    ERR_NOTEXTTOSEND: "No text to send",
    ERR_INPUTTOOLONG: "The line is too long",
    ERR_UNKNOWNCOMMAND: "Unknown command",
    ERR_NOMOTD: "There is no message of the day",
    ERR_NONICKNAMEGIVEN: "No nick given",
    ERR_ERRONEUSNICKNAME: "This nick cannot be used",
    ERR_NICKNAMEINUSE: "This nick is in use",
    ERR_UNAVAILRESOURCE: "Its owner is setting this channel up; try again in a moment",
    ERR_USERNOTINCHANNEL: "They are not in that channel",
    ERR_NOTONCHANNEL: "You are not in that channel",
    ERR_USERONCHANNEL: "is already in the channel",
    ERR_NOTREGISTERED: "You have not registered",
    ERR_NEEDMOREPARAMS: "Not enough parameters",
    ERR_ALREADYREGISTERED: "You are registered already",
    ERR_PASSWDMISMATCH: "The password is wrong",
    ERR_YOUREBANNEDCREEP: "You are banned from this server",
    ERR_INVALIDUSERNAME: "This user name cannot be used",
    ERR_CHANNELISFULL: "Cannot join channel (+l)",
    ERR_UNKNOWNMODE: "is not a mode known here",
    ERR_INVITEONLYCHAN: "Cannot join channel (+i)",
    ERR_BANNEDFROMCHAN: "Cannot join channel (+b)",
    ERR_BADCHANNELKEY: "Cannot join channel (+k)",
    ERR_BADCHANMASK: "This channel name cannot be used",
    ERR_BANLISTFULL: "The list is full",
    ERR_NOPRIVILEGES: "You are not an operator of this server",
    ERR_CHANOPRIVSNEEDED: "You may not do that in this channel",
    ERR_CANTKILLSERVER: "A server cannot be killed",
    ERR_NOOPERHOST: "No operator may come from your host",
    ERR_UMODEUNKNOWNFLAG: "Unknown mode",
    ERR_USERSDONTMATCH: "The modes of others are their own",
    ERR_HELPNOTFOUND: "There is no help on that",
    ERR_INVALIDKEY: "This key cannot be used",
    RPL_WHOISSECURE: "is using a secure connection",
    RPL_ENDOFMONLIST: "End of MONITOR list",
    ERR_MONLISTFULL: "The MONITOR list is full",
    RPL_LOGGEDOUT: "You are logged out",
    ERR_NICKLOCKED: "Your account is not enabled",
    RPL_SASLSUCCESS: "You are logged in",
    ERR_SASLFAIL: "The login was refused",
    ERR_SASLTOOLONG: "The login message is too long",
    ERR_SASLABORTED: "The login was broken off",
    ERR_SASLALREADY: "You are logged in already",
    RPL_SASLMECHS: "are the mechanisms that can be used",
}
