// Channels, threads and direct messages, with what is unread.

import { hands } from "./api.js";
import { h, icon, whenReleased } from "./dom.js";
import { openMemberMenu } from "./memberMenu.js";
import { avatar, coloured, topRole } from "./people.js";
import { byAge, person, store } from "./store.js";
import { news, newsOf, pingsIn } from "./unread.js";

const THREADS = [10, 11, 12];
const sidebar = document.getElementById("sidebar");
/** Draws the whole list. */
export function drawSidebar() {
  whenReleased("sidebar", draw);
}

function draw() {
  const held = sidebar.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const scrolled = sidebar.querySelector(".channels")?.scrollTop ?? 0;
  const list = h("div", { class: "channels" }, ...groups(), store.me ? group("Direct messages", conversations()) : null);
  sidebar.replaceChildren(guildName(), list, whoAmI());
  markMenu();
  list.scrollTop = scrolled;
  if (held) sidebar.querySelector(`[data-channel="${held}"]`)?.focus();
}

/** Shows on the closed menu of a phone that there is something new in it. */
function markMenu() {
  const menu = document.getElementById("menu");
  const { channels, pings } = news();
  menu?.classList.toggle("unread", channels > 0);
  menu?.setAttribute("data-pings", pings || "");
  menu?.setAttribute("aria-label", channels ? `Channels, ${channels} unread, ${pings} pings` : "Channels");
  document.title = document.title.replace(/^\(\d+\) /, "").replace(/^/, pings ? `(${pings}) ` : "");
}

/** The conversation with the bot; it opens at the first press. */
function conversations() {
  if (store.dms.size) return [...store.dms.values()].map(entry);
  const bot = store.applicationId;
  const open = async () => {
    const channel = await hands.openDm(store.as);
    document.dispatchEvent(new CustomEvent("goto", { detail: { channelId: channel.id } }));
  };
  const { name } = person(bot);
  return [h("li", {}, h("button", { type: "button", class: "channel", onclick: open }, avatar(bot, name, 24), h("span", { class: "name" }, name)))];
}

function guildName() {
  if (store.guilds.length < 2) return h("div", { class: "guild-name" }, store.guild?.name ?? "");
  const change = (event) => document.dispatchEvent(new CustomEvent("guild", { detail: event.target.value }));
  const words = (one) => `${one.name}${one.id !== store.guild?.id && pingsIn(one.id) ? ` (${pingsIn(one.id)})` : ""}`;
  const options = store.guilds.map((one) => h("option", { value: one.id, selected: one.id === store.guild?.id }, words(one)));
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
  const { count, unread } = newsOf(channel.id);
  const current = channel.id === store.channelId;
  const classes = ["channel", current ? "current" : "", unread ? "unread" : ""];
  const open = (event) => event.currentTarget.dispatchEvent(new CustomEvent("goto", { bubbles: true, detail: { channelId: channel.id } }));
  const button = h("button", { type: "button", class: classes.filter(Boolean).join(" "), "aria-current": current ? "page" : null, data: { channel: channel.id }, onclick: open });
  if (channel.type === 2) button.disabled = true;
  button.append(markOf(channel), h("span", { class: "name" }, channel.name));
  if (count) button.append(h("span", { class: "badge" }, String(count), h("span", { class: "sr-only" }, " pings")));
  else if (unread) button.append(h("span", { class: "sr-only" }, " unread"));
  return h("li", {}, button);
}

function markOf(channel) {
  if (store.dms.has(channel.id)) return avatar(store.applicationId, channel.name, 24);
  return icon(channel.type === 2 ? "voice" : THREADS.includes(channel.type) ? "thread" : "hash", 18);
}

function whoAmI() {
  const who = person(store.as);
  const words = h("span", { class: "words" }, coloured(who, "author"), h("span", { class: "detail" }, topRole(store.as) || "no role"));
  const open = (event) => openMemberMenu(event.currentTarget, store.as);
  return h("button", { type: "button", class: "self", "aria-haspopup": "menu", "aria-label": `${who.name}: your roles and what you can do`, onclick: open }, avatar(who.id, who.name, 32), words);
}
