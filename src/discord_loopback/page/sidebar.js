// Channels, threads and direct messages, with what is unread.

import { hands } from "./api.js";
import { h, icon, whenReleased } from "./dom.js";
import { avatar, coloured, topRole } from "./people.js";
import { byAge, person, pingsMe, store } from "./store.js";

const THREADS = [10, 11, 12];
const sidebar = document.getElementById("sidebar");
const unread = new Set();
const pings = new Map();

const key = () => `read:${store.as}`;
const readMarks = () => JSON.parse(localStorage.getItem(key()) ?? "{}");

/** Remembers that everything up to this message of a channel has been read. */
export function markRead(channelId, messageId) {
  unread.delete(channelId);
  pings.delete(channelId);
  if (messageId) localStorage.setItem(key(), JSON.stringify({ ...readMarks(), [channelId]: messageId }));
  drawSidebar();
}

/** Counts a message of a channel that is not open. */
export function markUnread(message) {
  unread.add(message.channel_id);
  if (pingsMe(message) || store.dms.has(message.channel_id)) addPing(message.channel_id, message.id);
  drawSidebar();
}

/** Counts each message once, whether the stream or the list of pings tells it first. */
function addPing(channelId, messageId) {
  if (!pings.has(channelId)) pings.set(channelId, new Set());
  pings.get(channelId).add(messageId);
}

/** Forgets what another member had not read. */
export function forgetUnread() {
  unread.clear();
  pings.clear();
}

/** Counts the pings that the member has not read, also those from before the page was opened. */
export async function loadPings() {
  const told = await hands.pings(store.as);
  const marks = readMarks();
  for (const { channel_id: channel, message_id: message } of told) {
    const read = marks[channel] && byAge(message, marks[channel]) <= 0;
    if (channel !== store.channelId && !read) addPing(channel, message);
  }
  drawSidebar();
}

/** Draws the whole list. */
export function drawSidebar() {
  whenReleased("sidebar", draw);
}

function draw() {
  const held = sidebar.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const scrolled = sidebar.querySelector(".channels")?.scrollTop ?? 0;
  const dms = [...store.dms.values()];
  const list = h("div", { class: "channels" }, ...groups(), dms.length ? group("Direct messages", dms.map(entry)) : null);
  sidebar.replaceChildren(guildName(), list, whoAmI());
  list.scrollTop = scrolled;
  if (held) sidebar.querySelector(`[data-channel="${held}"]`)?.focus();
}

function guildName() {
  if (store.guilds.length < 2) return h("div", { class: "guild-name" }, store.guild?.name ?? "");
  const change = (event) => document.dispatchEvent(new CustomEvent("guild", { detail: event.target.value }));
  const options = store.guilds.map((one) => h("option", { value: one.id, selected: one.id === store.guild?.id }, one.name));
  return h("div", { class: "guild-name" }, h("select", { "aria-label": "Server", onchange: change }, ...options));
}

function inOrder(channels) {
  const rank = (one) => [one.type === 2 ? 1 : 0, one.position ?? 0];
  return channels.sort((left, right) => rank(left)[0] - rank(right)[0] || rank(left)[1] - rank(right)[1] || byAge(left.id, right.id));
}

function groups() {
  const all = [...store.channels.values()];
  const plain = all.filter((one) => one.type !== 4 && !THREADS.includes(one.type));
  const loose = inOrder(plain.filter((one) => !store.channels.has(one.parent_id)));
  const categories = inOrder(all.filter((one) => one.type === 4));
  const parts = categories.map((category) => [category.name, inOrder(plain.filter((one) => one.parent_id === category.id))]);
  const shown = parts.filter(([, channels]) => channels.length).map(([name, channels]) => group(name, channels.map(withThreads)));
  return [loose.length ? h("ul", {}, ...loose.map(withThreads)) : null, ...shown];
}

function group(name, entries) {
  return h("section", {}, h("h2", {}, name), h("ul", {}, ...entries));
}

function withThreads(channel) {
  const threads = [...store.channels.values()].filter((one) => THREADS.includes(one.type) && one.parent_id === channel.id);
  const open = threads.filter((one) => !(one.archived ?? one.thread_metadata?.archived) || one.id === store.channelId);
  const node = entry(channel);
  if (open.length) node.append(h("ul", { class: "threads" }, ...open.sort((left, right) => byAge(left.id, right.id)).map(entry)));
  return node;
}

function entry(channel) {
  const count = pings.get(channel.id)?.size ?? 0;
  const current = channel.id === store.channelId;
  const classes = ["channel", current ? "current" : "", unread.has(channel.id) || count ? "unread" : ""];
  const open = (event) => event.currentTarget.dispatchEvent(new CustomEvent("goto", { bubbles: true, detail: { channelId: channel.id } }));
  const button = h("button", { type: "button", class: classes.filter(Boolean).join(" "), "aria-current": current ? "page" : null, data: { channel: channel.id }, onclick: open });
  if (channel.type === 2) button.disabled = true;
  button.append(markOf(channel), h("span", { class: "name" }, channel.name));
  if (count) button.append(h("span", { class: "badge" }, String(count), h("span", { class: "sr-only" }, " pings")));
  else if (unread.has(channel.id)) button.append(h("span", { class: "sr-only" }, " unread"));
  return h("li", {}, button);
}

function markOf(channel) {
  if (store.dms.has(channel.id)) return avatar(channel.id, channel.name, 24);
  return icon(channel.type === 2 ? "voice" : THREADS.includes(channel.type) ? "thread" : "hash", 18);
}

function whoAmI() {
  const who = person(store.as);
  const words = h("span", { class: "words" }, coloured(who, "author"), h("span", { class: "detail" }, topRole(store.as) || "no role"));
  return h("div", { class: "self" }, avatar(who.id, who.name, 32), words);
}
