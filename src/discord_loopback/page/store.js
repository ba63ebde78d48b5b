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
  channelId: "",
};

/** Takes over a guild as one member sees it. */
export function learnView(view) {
  const byId = (list) => new Map((list ?? []).map((item) => [item.id, item]));
  Object.assign(store, { guild: view.guild, me: view.me, commands: view.commands ?? [] });
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
