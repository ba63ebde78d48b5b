// What the page knows: who it is, where it is, and who and what there is in the guild.

/** The one state of the page. */
export const store = {
  guilds: [],
  applicationId: "",
  users: new Map(),
  as: "",
  guild: null,
  me: null,
  roles: new Map(),
  members: new Map(),
  channels: new Map(),
  dms: new Map(),
  commands: [],
  dmCommands: [],
  channelId: "",
};

/** Takes over a guild as one member sees it. */
export function learnView(view) {
  const byId = (list) => new Map((list ?? []).map((item) => [item.id, item]));
  Object.assign(store, { guild: view.guild, me: view.me, commands: view.commands ?? [], dmCommands: view.dm_commands ?? [] });
  Object.assign(store, { roles: byId(view.roles), members: byId(view.members) });
  Object.assign(store, { channels: byId(view.channels), dms: byId(view.dms) });
}

/** A colour as CSS, or null where Discord has none (0). */
export function colour(value) {
  if (!value) return null;
  if (typeof value === "string") return /^#[0-9a-f]{6}$/i.test(value) ? value : null;
  return `#${value.toString(16).padStart(6, "0")}`;
}

/** Name and colour of a user, as far as the page or the message knows them. */
export function person(id, hint = null) {
  const member = store.members.get(id);
  const user = store.users.get(id);
  const hinted = hint?.global_name || hint?.username;
  const name = member?.nick || member?.name || hinted || user?.name || "unknown-user";
  return { id, name, colour: colour(member?.color), bot: Boolean(hint?.bot ?? member?.bot ?? user?.bot) };
}

/** The channel, thread or direct message with this id, or null where the member may not see it. */
export function place(id) {
  return store.channels.get(id) ?? store.dms.get(id) ?? null;
}

/** Bits of permissions, under Discord's names for them. */
const BITS = {
  KICK_MEMBERS: 1n << 1n,
  BAN_MEMBERS: 1n << 2n,
  MANAGE_CHANNELS: 1n << 4n,
  ADD_REACTIONS: 1n << 6n,
  MANAGE_MESSAGES: 1n << 13n,
  ATTACH_FILES: 1n << 15n,
  MANAGE_NICKNAMES: 1n << 27n,
  MANAGE_ROLES: 1n << 28n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  MODERATE_MEMBERS: 1n << 40n,
  PIN_MESSAGES: 1n << 51n,
};
const IN_DM = ["ADD_REACTIONS", "ATTACH_FILES", "PIN_MESSAGES"];

/** Whether the member may do something in a channel. */
export function mayIn(id, name) {
  if (store.dms.has(id)) return IN_DM.includes(name);
  return Boolean(BigInt(store.channels.get(id)?.permissions ?? 0) & BITS[name]);
}

/** Whether the member may do something in the whole guild. */
export function may(name) {
  return Boolean(BigInt(store.me?.permissions ?? 0) & BITS[name]);
}

/** The commands that the member is offered where they are: 1 typed, 2 on members, 3 on messages. */
export function commandsOf(kind) {
  const offered = store.dms.has(store.channelId) ? store.dmCommands : store.commands;
  return offered.filter((one) => (one.type ?? 1) === kind);
}

/** Whether a message called the member, and so deserves the red mark. */
export function pingsMe(message) {
  if (message.author?.id === store.as || !message.pinged) return false;
  if (message.pinged.includes(store.as) || message.pinged_everyone) return true;
  return (message.pinged_roles ?? []).some((role) => store.me?.roles.includes(role));
}

/** Which of two ids is the younger one, for sorting. */
export function byAge(left, right) {
  const difference = BigInt(left) - BigInt(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
