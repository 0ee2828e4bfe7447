// irc-framework as a program: what it hears goes to standard output as JSON, a line each; what it is to do comes by standard input.
const { Client } = require('irc-framework');
const readline = require('readline');
const [port, password] = process.argv.slice(2);
const client = new Client();
client.requestCap(['echo-message', 'draft/chathistory', 'labeled-response', 'account-tag']);
client.connect({
    host: 'localhost', port: Number(port), tls: true, rejectUnauthorized: true, nick: 'alice', username: 'alice', gecos: 'alice',
    account: { account: 'alice', password }, auto_reconnect: false,
});
const tell = (what) => (event) => console.log(JSON.stringify({ what, ...event }));
for (const what of ['registered', 'join', 'message', 'tagmsg', 'socket close']) client.on(what, tell(what));
readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const { command, to, text } = JSON.parse(line);
    if (command === 'say') client.say(to, text);
    if (command === 'join') client.join(to);
    if (command === 'away') client.raw('AWAY', text);
    if (command === 'typing') client.tagmsg(to, { '+typing': 'active' });
});
