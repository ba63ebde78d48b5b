// The message list of a channel.

import { components } from "./components.js";
import { announce, h, icon, whenReleased } from "./dom.js";
import { failureOf } from "./interactions.js";
import { markdown } from "./markdown.js";
import { openMemberMenu } from "./memberMenu.js";
import { attachments, embed } from "./media.js";
import { openMessageMenu, toggleReaction, toolbar } from "./messageMenu.js";
import { avatar, coloured, topRole } from "./people.js";
import { byAge, person, pingsMe, place, store } from "./store.js";
import { messageTime } from "./times.js";

const MOST_SHOWN = 200;
const TOGETHER_MS = 7 * 60_000;
const LOADING = 1 << 7;
const SYSTEM = { 6: "pinned a message.", 7: "joined the server.", 18: "started a thread:", 21: "started this thread." };

const log = document.getElementById("log");
const jump = document.getElementById("jump");
const messages = new Map();
const dismissed = new Set(JSON.parse(sessionStorage.getItem("dismissed") ?? "[]"));

/** Shows the messages of a channel from the start. */
export function showAll(list) {
  messages.clear();
  for (const message of list) if (!dismissed.has(message.id)) messages.set(message.id, message);
  const wasOpen = document.activeElement?.closest?.(".message")?.dataset.id;
  log.replaceChildren(...ordered().map((message, at, all) => drawn(message, all[at - 1])));
  if (!messages.size) log.append(welcome());
  if (wasOpen) document.getElementById(`m-${wasOpen}`)?.focus?.();
  toBottom();
}

function welcome() {
  const words = place(store.channelId)?.can_send === false ? "What is posted here will appear at once." : "Write a message or type / for a command.";
  const rank = topRole(store.as);
  const whose = ["You are ", h("strong", {}, person(store.as).name), rank ? ` (${rank})` : "", ". Press the name at the top to be somebody else."];
  return h("li", { class: "welcome" }, h("h2", {}, "Nothing here yet"), h("p", {}, words), h("p", {}, ...whose));
}

/** Adds or replaces one message. */
export function put(message) {
  if (dismissed.has(message.id)) return;
  const known = messages.has(message.id);
  if (known && JSON.stringify(messages.get(message.id)) === JSON.stringify(message)) return;
  messages.set(message.id, message);
  whenReleased(message.id, () => {
    const low = atBottom();
    draw(message.id);
    if (low || (!known && message.ephemeral_for)) toBottom();
    else if (!known) jump.hidden = false;
    if (!known) announce(`${person(message.author.id, message.author).name}: ${spoken(message)}`);
  });
  if (messages.size > MOST_SHOWN) drop(ordered()[0].id);
}

/** Takes a message away. */
export function drop(id) {
  if (!messages.delete(id)) return;
  whenReleased(id, () => {
    document.getElementById(`m-${id}`)?.remove();
    const next = ordered().find((message) => byAge(message.id, id) > 0);
    if (next) draw(next.id);
  });
}

/** Draws a message again, for instance because one of its buttons is busy; the keyboard stays where it was. */
export function draw(id) {
  const message = messages.get(id);
  if (!message) return;
  log.querySelector(".welcome")?.remove();
  const low = atBottom();
  const all = ordered();
  const at = all.indexOf(message);
  const node = drawn(message, all[at - 1]);
  const old = document.getElementById(`m-${id}`);
  const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.cid : null;
  if (old) old.replaceWith(node);
  else log.insertBefore(node, all[at + 1] ? document.getElementById(`m-${all[at + 1].id}`) : log.querySelector(".sending:not(.failed)"));
  if (focused) node.querySelector(`[data-cid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  if (low) toBottom();
}

/** Shows that a command was sent; the answer takes it away, a complaint stays until dismissed. */
export function sending(command) {
  const note = h("span", { class: "subtext" }, "Sending command…");
  const line = h("li", { class: "message sending" }, used(person(store.as).name, command), h("div", { class: "body" }, note));
  log.append(line);
  toBottom();
  return (complaint) => {
    if (!complaint) return line.remove();
    line.classList.add("failed");
    note.replaceWith(h("p", { class: "failure", role: "alert" }, icon("warn", 16), complaint), onlyYou(() => line.remove()));
    return toBottom();
  };
}

/** Brings a message into view and lights it up for a moment. */
export function reveal(id) {
  const node = document.getElementById(`m-${id}`);
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("lit");
  setTimeout(() => node?.classList.remove("lit"), 2000);
}

/** The youngest message shown, to know what has been read. */
export function youngest() {
  return ordered().at(-1)?.id ?? null;
}

jump.addEventListener("click", toBottom);
log.addEventListener("keydown", walk);
log.addEventListener("contextmenu", (event) => {
  const message = messages.get(event.target.closest(".message")?.dataset.id);
  if (!message || message.ephemeral_for || message.type in SYSTEM || event.target.closest("a, img, input")) return;
  event.preventDefault();
  // Where it comes with the press and not with the release, the release would close the menu again.
  whenReleased("menu", () => {
    const node = document.getElementById(`m-${message.id}`);
    if (node) openMessageMenu(node, message);
  });
});
log.addEventListener("scroll", () => atBottom() && (jump.hidden = true));
new ResizeObserver(toBottomIfNear).observe(log);
log.addEventListener("load", () => !jump.hidden || toBottomIfNear(), true);

/** Arrow keys go from message to message, Enter opens the menu of one. */
function walk(event) {
  const here = document.activeElement.closest("#log .message");
  if (document.activeElement !== log && document.activeElement !== here) return;
  const all = [...log.querySelectorAll(".message")];
  const goal = { ArrowUp: here ? all.indexOf(here) - 1 : all.length - 1, ArrowDown: here ? all.indexOf(here) + 1 : all.length, Home: 0, End: all.length - 1 }[event.key];
  const message = messages.get(here?.dataset.id);
  if (event.key === "Enter" && message && !message.ephemeral_for) {
    event.preventDefault();
    openMessageMenu(here, message);
  }
  if (!all[goal]) return;
  event.preventDefault();
  all[goal].focus();
}

/** The last message that the member wrote, to change it. */
export function lastOwn() {
  return ordered().findLast((message) => message.author.id === store.as && !message.ephemeral_for) ?? null;
}

let near = true;
function atBottom() {
  near = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  return near;
}

function toBottom() {
  log.scrollTop = log.scrollHeight;
  jump.hidden = true;
  near = true;
}

function toBottomIfNear() {
  if (near) toBottom();
}

function ordered() {
  return [...messages.values()].sort((left, right) => byAge(left.id, right.id));
}

function spoken(message) {
  if (message.content) return message.content.slice(0, 200);
  return log.querySelector(`#m-${CSS.escape(message.id)} .content`)?.textContent.slice(0, 200) ?? "";
}

function drawn(message, before) {
  if (message.type in SYSTEM) return systemLine(message);
  const context = contextOf(message);
  const close = before && !(before.type in SYSTEM) && Date.parse(message.timestamp) - Date.parse(before.timestamp) < TOGETHER_MS;
  const grouped = close && !context && before.author.id === message.author.id && !message.ephemeral_for === !before.ephemeral_for;
  const classes = ["message", grouped ? "grouped" : "", message.ephemeral_for ? "ephemeral" : "", pingsMe(message) ? "pinged" : ""];
  const who = person(message.author.id, message.author);
  return h(
    "li",
    { id: `m-${message.id}`, class: classes.filter(Boolean).join(" "), tabindex: "-1", data: { id: message.id } },
    context,
    grouped ? null : avatar(who.id, who.name),
    h("div", { class: "body" }, grouped ? null : headline(who, message), content(message), under(message)),
    message.ephemeral_for ? null : toolbar(message),
  );
}

function headline(who, message) {
  const tag = who.bot ? h("span", { class: "tag" }, "BOT") : null;
  const open = (event) => openMemberMenu(event.currentTarget, who.id);
  const name = h("button", { type: "button", class: "author-button", "aria-haspopup": "menu", onclick: open }, coloured(who, "author"));
  const pinned = message.pinned ? h("span", { class: "pinned-mark", title: "Pinned" }, icon("pin", 14)) : null;
  return h("header", {}, name, tag, messageTime(message.timestamp), pinned);
}

function content(message) {
  const box = h("div", { class: "content" });
  if (message.flags & LOADING && !message.edited_timestamp && !message.components?.length) {
    box.append(h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${person(message.author.id, message.author).name} is thinking…`));
    return box;
  }
  if (message.content) {
    const text = markdown(message.content);
    if (message.edited_timestamp) (text.lastElementChild?.tagName === "P" ? text.lastElementChild : text).append(edited(message));
    box.append(text);
  }
  box.append(...(message.embeds ?? []).map((one) => embed(one, message)));
  const componentsV2 = Boolean(message.flags & (1 << 15));
  box.append(...[componentsV2 ? null : attachments(message), ...components(message.components, message)].filter(Boolean));
  if (message.edited_timestamp && !message.content) box.append(edited(message));
  return box;
}

function edited(message) {
  const time = new Date(message.edited_timestamp).toLocaleString("en-GB");
  return h("span", { class: "edited", title: `Edited ${time}` }, " (edited)");
}

function under(message) {
  const parts = [];
  if (message.reactions?.length) parts.push(h("div", { class: "reactions" }, ...message.reactions.map((one) => reaction(one, message))));
  if (message.thread) parts.push(threadCard(message.thread));
  const failure = failureOf(message.id);
  if (failure) parts.push(h("p", { class: "failure" }, icon("warn", 16), failure));
  if (message.ephemeral_for) parts.push(onlyYou(() => dismiss(message.id)));
  return parts;
}

function reaction(one, message) {
  const key = one.emoji.id ? `${one.emoji.name}:${one.emoji.id}` : one.emoji.name;
  const reactors = message.reacted?.[key] ?? [];
  const mine = reactors.includes(store.as);
  const names = reactors.slice(0, 10).map((id) => person(id).name).join(", ");
  const attributes = { type: "button", class: mine ? "reaction mine" : "reaction", title: names, "aria-pressed": String(mine), "aria-label": `${one.emoji.name}, ${one.count}` };
  return h("button", { ...attributes, onclick: () => toggleReaction(message, key) }, h("span", { class: "emoji" }, one.emoji.name), h("span", { class: "count" }, String(one.count)));
}

function threadCard(thread) {
  const open = (event) => event.target.dispatchEvent(new CustomEvent("goto", { bubbles: true, detail: { channelId: thread.id } }));
  const count = thread.message_count ? `${thread.message_count} messages ›` : "Open thread ›";
  return h("button", { class: "thread-card", type: "button", onclick: open }, icon("thread", 16), h("strong", {}, thread.name), h("span", {}, count));
}

function onlyYou(action) {
  const button = h("button", { class: "plain-link", type: "button", onclick: action }, "Dismiss message");
  return h("p", { class: "only-you" }, icon("eye", 14), "Only you can see this · ", button);
}

function dismiss(id) {
  dismissed.add(id);
  sessionStorage.setItem("dismissed", JSON.stringify([...dismissed].slice(-200)));
  drop(id);
  log.focus();
}

function contextOf(message) {
  const meta = message.interaction ?? message.interaction_metadata;
  const name = message.interaction_user ?? meta?.user?.global_name ?? meta?.user?.username;
  const command = message.interaction?.name ?? message.interaction_metadata?.name;
  if (meta?.type === 2 && command && message.type !== 0) return used(name, command);
  const answered = message.referenced_message;
  if (!answered) return null;
  const who = person(answered.author.id, answered.author);
  const line = h("button", { type: "button", class: "plain-link", onclick: () => reveal(answered.id) }, summary(answered));
  return h("div", { class: "context" }, icon("reply", 14), coloured(who, "author"), line);
}

/** The first words of a message, to tell which one is meant. */
function summary(message) {
  const texts = [message.content, ...firstTexts(message.components ?? []), message.embeds?.[0]?.title, message.attachments?.[0]?.filename, "Jump to the message"];
  const [line] = texts.find(Boolean).trim().split("\n");
  return markdown(line).textContent.slice(0, 120);
}

function firstTexts(components) {
  return components.flatMap((one) => (one.type === 10 ? [one.content] : firstTexts(one.components ?? [])));
}

function used(name, command) {
  return h("div", { class: "context" }, icon("reply", 14), h("strong", {}, name ?? "Somebody"), " used ", h("span", { class: "mention" }, `/${command}`));
}

function systemLine(message) {
  const who = person(message.author.id, message.author);
  const words = [coloured(who, "author"), ` ${SYSTEM[message.type]} `, message.type === 18 ? h("strong", {}, message.content) : null];
  return h("li", { id: `m-${message.id}`, class: "message system", data: { id: message.id } }, icon("thread", 18), h("p", {}, ...words.filter(Boolean), " ", messageTime(message.timestamp)));
}
