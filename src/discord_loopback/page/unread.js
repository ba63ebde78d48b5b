// What a member has not read, and what called them.

import { hands } from "./api.js";
import { byAge, pingsMe, store } from "./store.js";

const unread = new Set();
const pings = new Map();
const guilds = new Map();

const key = () => `read:${store.as}`;
const readMarks = () => JSON.parse(localStorage.getItem(key()) ?? "{}");

/** Remembers that everything up to this message of a channel has been read. */
export function markRead(channelId, messageId) {
  unread.delete(channelId);
  pings.delete(channelId);
  const known = readMarks();
  const older = messageId && known[channelId] && byAge(messageId, known[channelId]) <= 0;
  if (messageId && !older) localStorage.setItem(key(), JSON.stringify({ ...known, [channelId]: messageId }));
}

/** Counts a message of a channel that is not open. */
export function markUnread(message) {
  if (message.author.id === store.as) return;
  unread.add(message.channel_id);
  if (pingsMe(message) || store.dms.has(message.channel_id)) addPing(message.channel_id, message.id, message.guild_id);
}

/** Each message counts once, whether the stream or the list of pings tells it first. */
function addPing(channelId, messageId, guildId) {
  guilds.set(channelId, guildId);
  if (!pings.has(channelId)) pings.set(channelId, new Set());
  pings.get(channelId).add(messageId);
}

/** Forgets what another member had not read. */
export function forgetUnread() {
  unread.clear();
  pings.clear();
}

/** Finds what was written and who was called before the page was opened. */
export async function loadUnread() {
  const marks = readMarks();
  const isNew = (channel, message) => channel !== store.channelId && !(marks[channel] && byAge(message, marks[channel]) <= 0);
  for (const one of [...store.channels.values(), ...store.dms.values()]) {
    if (one.last_message_id && isNew(one.id, one.last_message_id)) unread.add(one.id);
  }
  for (const { channel_id: channel, message_id: message, guild_id: guild } of await hands.pings(store.as)) {
    if (isNew(channel, message)) addPing(channel, message, guild);
  }
}

/** Whether there is something new in a channel, and how often it called the member. */
export function newsOf(channelId) {
  const count = pings.get(channelId)?.size ?? 0;
  return { count, unread: count > 0 || unread.has(channelId) };
}

/** How often the channels of a server called the member. */
export function pingsIn(guildId) {
  return [...pings].reduce((sum, [channel, those]) => sum + (guilds.get(channel) === guildId ? those.size : 0), 0);
}

/** How many channels have something new, and how many pings there are in all of them. */
export function news() {
  const seen = [...store.channels.keys(), ...store.dms.keys()].map(newsOf);
  return { channels: seen.filter((one) => one.unread).length, pings: seen.reduce((sum, one) => sum + one.count, 0) };
}
