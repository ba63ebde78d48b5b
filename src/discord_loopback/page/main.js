// Starts the page, follows the stream, and goes from channel to channel and member to member.

import { hands, Stream } from "./api.js";
import { drawComposer } from "./composer.js";
import { debounced, h, icon, whenReleased } from "./dom.js";
import { forgetFailures } from "./interactions.js";
import { drawMembers, toggleMembers } from "./members.js";
import { openThread } from "./messageMenu.js";
import { draw, drop, put, reveal, showAll, youngest } from "./messages.js";
import { drawSidebar } from "./sidebar.js";
import { learnView, mayIn, person, place, store } from "./store.js";
import { learnNow, tick } from "./times.js";
import { drawTopbar, showConnection, showTime } from "./topbar.js";
import { forgetUnread, loadUnread, markRead, markUnread } from "./unread.js";

const TEXT_PLACES = [0, 5, 10, 11, 12];
const scrim = document.getElementById("scrim");
const membersPanel = document.getElementById("members");
const phone = matchMedia("(max-width: 760px)");
const address = new URLSearchParams(location.search);
if (address.has("pane")) document.body.classList.add("in-pane");

const lastPlaces = new Map();

let stream = null;
let wasLost = false;

async function learnState() {
  const state = await hands.state();
  learnNow(state.now);
  Object.assign(store, { guilds: state.guilds, applicationId: state.application_id });
  store.users = new Map(state.users.map((user) => [user.id, user]));
}

async function loadView(guild = store.guild?.id ?? store.guilds[0]?.id) {
  learnView(await hands.view(guild, store.as));
}

function firstPlace() {
  const texts = [...store.channels.values()].filter((one) => TEXT_PLACES.includes(one.type));
  const wanted = texts.find((one) => one.name === "raid") ?? texts.sort((left, right) => left.position - right.position)[0];
  return wanted?.id ?? "";
}

async function become(id) {
  store.as = id;
  forgetFailures();
  forgetUnread();
  stream?.close();
  try {
    await loadView();
  } catch (refusal) {
    outside(refusal.message);
    return;
  }
  if (!place(store.channelId)) store.channelId = firstPlace();
  drawTopbar({ onSwitch: become, onMenu: () => drawer(true) });
  drawer(false);
  await openChannel(store.channelId);
  follow();
}

/** Goes to another server, to the channel that was last open there. */
async function visit(guild, channelId = lastPlaces.get(guild) ?? "") {
  lastPlaces.set(store.guild?.id, store.channelId);
  Object.assign(store, { guild: store.guilds.find((one) => one.id === guild) ?? store.guild, channelId });
  await become(store.as);
}

/** Shows that this person is not in the server, and lets them come back; the switcher still works. */
function outside(words) {
  const guild = store.guild ?? store.guilds[0];
  learnView({ guild, me: null });
  drawTopbar({ onSwitch: become, onMenu: () => drawer(true) });
  drawer(false);
  drawSidebar();
  drawHeader();
  drawComposer();
  showAll([]);
  const back = () => hands.join(store.as, guild.id).then(() => become(store.as)).catch(complain);
  const button = h("button", { class: "button primary", type: "button", onclick: back }, `Join ${guild.name}`);
  document.getElementById("log").replaceChildren(h("li", { class: "welcome" }, h("h2", {}, `${person(store.as).name} is not in this server`), h("p", {}, words), button));
}

function follow() {
  stream = new Stream(store.as, {
    onEvent: happened,
    onOpen: () => {
      showConnection("");
      (wasLost ? refresh() : catchUp()).catch(complain);
      wasLost = false;
    },
    onLost: () => {
      wasLost = true;
      showConnection("Reconnecting…");
    },
  });
}

/** Fetches what was written between the first look at the channel and the start of the stream. */
async function catchUp() {
  const channel = store.channelId;
  const list = channel ? await hands.messages(channel, store.as) : [];
  if (channel === store.channelId) list.forEach(put);
  await loadUnread();
  drawSidebar();
}

async function refresh() {
  await learnState();
  await refreshView();
  if (place(store.channelId)) await openChannel(store.channelId);
  await loadUnread();
  drawSidebar();
}

async function refreshView() {
  const before = seen();
  await loadView();
  drawSidebar();
  drawMembers();
  if (!place(store.channelId)) return openChannel(firstPlace());
  if (before === seen()) return undefined;
  drawHeader();
  drawComposer();
  return drawTopbar({ onSwitch: become, onMenu: () => drawer(true) });
}

/** What the bars and the composer are drawn from. */
function seen() {
  return JSON.stringify([person(store.as), place(store.channelId)]);
}

const isHere = (guild) => !guild || guild === store.guild?.id;
const laterView = debounced(150, () => refreshView().catch(complain));

const EVENTS = {
  message_create: (message) => (message.channel_id === store.channelId ? arrived(message) : elsewhere(message)),
  message_update: (message) => message.channel_id === store.channelId && put(message),
  message_delete: (event) => event.message_ids.forEach(drop),
  channel: changed,
  member: changed,
  role: changed,
  guild: () => learnState().then(drawSidebar).catch(complain),
  clock: (event) => learnNow(event.now),
};

function happened(event) {
  const handle = EVENTS[event.type];
  if (handle) handle(event.message ?? event);
}

function changed(event) {
  if (isHere(event.data.guild_id)) laterView();
}

function arrived(message) {
  put(message);
  if (document.hasFocus()) markRead(store.channelId, message.id);
}

function elsewhere(message) {
  markUnread(message);
  drawSidebar();
  if (!place(message.channel_id) && isHere(message.guild_id)) laterView();
}

async function openChannel(id) {
  store.channelId = id;
  keepAddress();
  drawSidebar();
  drawHeader();
  drawComposer();
  const list = place(id) ? await hands.messages(id, store.as) : [];
  if (id !== store.channelId) return;
  showAll(list);
  markRead(id, youngest());
  drawSidebar();
}

function keepAddress() {
  address.set("as", store.as);
  address.set("guild", store.guild?.id ?? "");
  address.set("channel", store.channelId);
  history.replaceState(null, "", `/?${address}`);
}

function drawHeader() {
  const channel = place(store.channelId);
  const header = document.getElementById("channel-header");
  const isDm = store.dms.has(store.channelId);
  const parent = store.channels.get(channel?.parent_id);
  const thread = [10, 11, 12].includes(channel?.type);
  const mark = icon(isDm ? "at" : thread ? "thread" : "hash", 22);
  const name = h("h1", { id: "channel-name" }, channel?.name ?? "No channel that you may see");
  const opens = [0, 5].includes(channel?.type) && mayIn(channel.id, "CREATE_PUBLIC_THREADS");
  const opener = opens ? h("button", { type: "button", class: "icon-button", "aria-label": "New thread", title: "New thread", onclick: () => openThread(channel.id) }, icon("thread")) : "";
  const people = h("button", { id: "people", type: "button", class: "icon-button", "aria-label": "Members", title: "Members", "aria-expanded": String(!membersPanel.hidden), onclick: () => showMembers(membersPanel.hidden) }, icon("people"));
  const words = channel?.topic ?? (thread ? `Thread in #${parent?.name ?? "?"}` : "");
  header.replaceChildren(mark, name, h("p", { class: "topic" }, words), opener, people);
  document.title = `${isDm ? "@" : "#"}${channel?.name ?? "?"} · Discord on loopback`;
}

/** Opens or closes the members; on a phone they cover the chat. */
function showMembers(open) {
  toggleMembers(open && Boolean(store.me));
  document.getElementById("people")?.setAttribute("aria-expanded", String(!membersPanel.hidden));
  const covering = phone.matches && !membersPanel.hidden;
  scrim.hidden = !covering;
  document.getElementById("chat").inert = covering;
  if (!membersPanel.hidden) membersPanel.querySelector("button")?.focus();
  else if (document.activeElement === document.body) document.getElementById("people")?.focus();
}

/** Says over the page what was refused, for a while. */
function toast(words) {
  document.querySelector(".toast")?.remove();
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => box.remove() }, icon("close", 16));
  const box = h("div", { class: "toast", role: "alert" }, words, close);
  document.body.append(box);
  setTimeout(() => box.remove(), 8000);
}

function drawer(open) {
  if (phone.matches && !membersPanel.hidden) showMembers(false);
  const covering = open && phone.matches;
  document.body.classList.toggle("drawer", covering);
  scrim.hidden = !covering;
  document.getElementById("sidebar").inert = phone.matches && !open;
  document.getElementById("chat").inert = covering;
  const menu = document.getElementById("menu");
  menu?.setAttribute("aria-expanded", String(covering));
  if (!covering) return;
  document.querySelector("#sidebar .current, #sidebar button")?.focus();
  document.querySelector("#sidebar .badge, #sidebar .unread")?.scrollIntoView({ block: "nearest" });
}

/** Says once what one can do on this page. */
function introduce() {
  if (localStorage.getItem("introduced") || address.has("pane")) return;
  const words = [
    "This is a Discord of your own, on this machine. Press ",
    h("strong", {}, "the name at the top"),
    " to be another member, ",
    h("strong", {}, "the clock"),
    " to move time, and type ",
    h("strong", {}, "/"),
    " for commands. On a wide screen, panes show several members side by side.",
  ];
  const done = () => {
    localStorage.setItem("introduced", "yes");
    tip.remove();
    document.getElementById("composer-text")?.focus();
  };
  const tip = h("aside", { class: "tip", "aria-label": "About this page" }, h("p", {}, ...words), h("button", { type: "button", class: "button secondary", onclick: done }, "Got it"));
  document.getElementById("channel-header").after(tip);
}

function complain(problem) {
  showConnection(problem.message);
}

document.addEventListener("commands-wanted", async (event) => {
  await loadView();
  event.detail();
});
document.addEventListener("goto", async (event) => {
  const { channelId, messageId, guildId } = event.detail;
  drawer(false);
  if (!isHere(guildId)) await visit(guildId, channelId);
  if (!place(channelId)) await loadView();
  if (channelId !== store.channelId) await openChannel(channelId).catch(complain);
  if (messageId) reveal(messageId);
});
document.addEventListener("guild", (event) => visit(event.detail).catch(complain));
document.addEventListener("redraw", (event) => whenReleased(event.detail, () => draw(event.detail)));
document.addEventListener("arrived", (event) => event.detail.channel_id === store.channelId && put(event.detail));
document.addEventListener("refused", (event) => toast(event.detail));
document.addEventListener("become", (event) => become(event.detail));
document.addEventListener("keydown", (event) => event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]") && drawer(false));
scrim.addEventListener("click", () => drawer(false));
phone.addEventListener("change", () => drawer(false));
addEventListener("focus", () => {
  if (!store.channelId) return;
  markRead(store.channelId, youngest());
  drawSidebar();
});
setInterval(() => {
  tick();
  showTime();
}, 1000);

try {
  await learnState();
  store.channelId = address.get("channel") ?? "";
  store.guild = store.guilds.find((one) => one.id === address.get("guild")) ?? null;
  const first = [...store.users.values()].find((user) => !user.bot);
  introduce();
  await become(store.users.has(address.get("as")) ? address.get("as") : first.id);
} catch (problem) {
  document.getElementById("log").append(h("li", { class: "welcome" }, h("h2", {}, "The page could not start"), h("p", {}, problem.message)));
}
