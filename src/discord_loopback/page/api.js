// Speaks the control API of the loopback.

/** The loopback said no; `message` is for the person at the page. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function address(path, query) {
  const url = new URL(`/control/${path}`, location.origin);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url;
}

async function ask(path, query, request = {}) {
  let response;
  try {
    response = await fetch(address(path, query), request);
  } catch {
    throw new Refused(0, "The loopback server does not answer. Is it still running?");
  }
  const text = await response.text();
  const body = text ? parsed(text) : null;
  if (!response.ok) throw new Refused(response.status, body?.message ?? `The loopback answered ${response.status}.`);
  return body;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

function act(name, body, query = {}) {
  const headers = { "Content-Type": "application/json" };
  return ask(name, query, { method: "POST", headers, body: JSON.stringify(body) });
}

const FIRST = { wait: "first", timeout: "6" };
const interactionOf = async (answer) => (await answer).interaction;

/** What a member can see and do, one method for each. */
export const hands = {
  state: () => ask("state", {}),
  view: (guild, as) => ask(`guilds/${guild}/view`, { as }),
  messages: (channel, as) => ask(`channels/${channel}/messages`, { as, limit: 50 }),
  pings: (user) => ask("pings", { user }),
  openDm: (as) => act("act/open_dm", { as }).then((answer) => answer.channel),
  userCommand: (body) => interactionOf(act("act/user_command", body, FIRST)),
  messageCommand: (body) => interactionOf(act("act/message_command", body, FIRST)),
  command: (body) => interactionOf(act("act/command", body, FIRST)),
  autocomplete: (body) => interactionOf(act("act/autocomplete", body, { wait: "answered", timeout: "4" })),
  click: (body) => interactionOf(act("act/click", body, FIRST)),
  select: (body) => interactionOf(act("act/select", body, FIRST)),
  submit: (body) => interactionOf(act("act/modal", body, FIRST)),
  say: (body) => act("act/message", body),
  edit: (as, message_id, content) => act("act/edit", { as, message_id, content }),
  remove: (as, message_id) => act("act/delete", { as, message_id }),
  react: (as, message_id, emoji) => act("act/react", { as, message_id, emoji }),
  unreact: (as, message_id, emoji) => act("act/unreact", { as, message_id, emoji }),
  openThread: (body) => act("act/open_thread", body).then((answer) => answer.channel),
  leave: (as, guild_id) => act("act/leave", { as, guild_id }),
  join: (as, guild_id) => act("act/join", { as, guild_id }),
  moderate: (what, body) => act(`moderate/${what}`, body),
  shiftClock: (seconds) => act("clock", { shift: seconds }),
};

/** Follows the events that one member may see; reconnects by itself until closed. */
export class Stream {
  constructor(as, { onEvent, onOpen, onLost }) {
    this.as = as;
    this.handlers = { onEvent, onOpen, onLost };
    this.attempt = 0;
    this.closed = false;
    this.connect();
  }

  connect() {
    const url = address("stream", { as: this.as });
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.addEventListener("open", () => {
      this.attempt = 0;
      this.handlers.onOpen();
    });
    this.socket.addEventListener("message", (frame) => this.handlers.onEvent(JSON.parse(frame.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  lost() {
    if (this.closed) return;
    this.handlers.onLost();
    this.attempt += 1;
    this.timer = setTimeout(() => this.connect(), Math.min(5000, 250 * 2 ** this.attempt));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
