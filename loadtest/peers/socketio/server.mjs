// One board and its subscribers, as one would build it on Socket.IO: a room, and `emit` to it. It
// reads nothing and writes nothing else, which is in its favour: ours asks a database for each change.
//
// Says the port it listens on, then does what it is told, a line each: `go <changes a second> <bytes>`,
// `stop`. Ends with its standard input.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => socket.join("board"));

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const micros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

let timer;
let seq = 0;

function begin(rate, bytes) {
  const began = performance.now();
  let sent = 0;
  const filler = "x".repeat(Math.max(0, bytes - 60));
  // As many as are due by now: a late timer doesn't make fewer changes.
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * rate) / 1000);
    for (; sent < due; sent += 1) {
      seq += 1;
      io.to("board").emit("change", { seq, at: micros(), filler });
    }
  }, 1);
}

http.listen(0, "127.0.0.1", () => say({ port: http.address().port }));

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [what, rate, bytes] = line.split(" ");
  clearInterval(timer);
  if (what === "go") {
    begin(Number(rate), Number(bytes));
    say({ going: true });
  } else {
    say({ stopped: true, seq });
  }
});
lines.on("close", () => process.exit(0));
