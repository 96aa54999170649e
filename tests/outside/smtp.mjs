// A real SMTP server for tests. It speaks JSON lines with whoever started it: events on its output,
// orders on its input. It ends when its input is closed.
//
//   {"event":"listening","port":2525}         once, first
//   {"event":"ordered"}                       an order is in force
//   {"event":"refused","code":451}            a recipient was refused
//   {"event":"denied"}                        somebody with a wrong user or password
//   {"event":"dropped"}, {"event":"stalled"}  a connection was cut, or is left without an answer
//   {"event":"mail", …}                       a mail arrived whole
//
//   {"order":"accept"}                        take everything (the beginning)
//   {"order":"refuse","code":451,"times":1}   refuse the next so many recipients with this code
//   {"order":"drop","times":1}                take a mail whole, then cut the connection unanswered
//   {"order":"stall","times":1}               take a mail whole, then say nothing any more
//   {"order":"know","login":"user:password"}  let in who signs in so, and nobody else
//
// Arguments: [port] [user:password] [starttls|tls] [certificate] [key]. With a user, mail is taken only
// from who signs in, and with TLS only once it is spoken. Without a certificate it is one that nobody knows.
import { createInterface } from "node:readline";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const [port = "0", login = "", tls = "", cert = "", key = ""] = process.argv.slice(2);
const say = (event, facts = {}) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

let order = { order: "accept" };
let known = login;
/** Whether the order in force is this one, and uses it up. */
const ordered = (name) => {
  if (order.order !== name || order.times === 0) return false;
  order.times -= 1;
  return true;
};

const server = new SMTPServer({
  disabledCommands: [...(tls ? [] : ["STARTTLS"]), ...(login ? [] : ["AUTH"])],
  authOptional: !login,
  allowInsecureAuth: !tls,
  secure: tls === "tls",
  ...(cert && { cert, key }),
  disableReverseLookup: true,
  logger: false,
  closeTimeout: 100,
  onAuth({ method, username, password }, session, done) {
    if (`${username}:${password}` !== known) {
      say("denied");
      return done(new Error("wrong user or password"));
    }
    session.method = method;
    done(null, { user: username });
  },
  onRcptTo(_address, _session, done) {
    if (!ordered("refuse")) return done();
    say("refused", { code: order.code });
    done(Object.assign(new Error("as ordered"), { responseCode: order.code }));
  },
  async onData(stream, session, done) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const mail = await PostalMime.parse(raw);
    say("mail", {
      envelope: {
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((to) => to.address),
        user: session.user ?? null,
        method: session.method ?? null,
        secure: session.secure,
      },
      headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      messageId: mail.messageId,
      date: mail.date,
      text: mail.text,
      html: mail.html,
      attachments: mail.attachments.length,
    });
    if (ordered("stall")) return say("stalled");
    if (ordered("drop")) {
      for (const connection of server.connections) connection._socket.destroy();
      return say("dropped");
    }
    done();
  },
});

server.on("error", (error) => process.stderr.write(`${error.message}\n`));
server.listen(Number(port), "127.0.0.1", () => say("listening", { port: server.server.address().port }));

const orders = createInterface({ input: process.stdin });
orders.on("line", (line) => {
  order = { times: 1, ...JSON.parse(line) };
  known = order.login ?? known;
  say("ordered");
});
orders.on("close", () => process.exit(0));
