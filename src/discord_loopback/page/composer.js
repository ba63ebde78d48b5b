// The field at the bottom: messages with files, replies and changes, and the picker of slash commands.

import { hands } from "./api.js";
import { CommandForm } from "./command.js";
import { announce, h, icon } from "./dom.js";
import { complaint, settle } from "./interactions.js";
import { Listbox } from "./listbox.js";
import { lastOwn, sending } from "./messages.js";
import { commandsOf, mayIn, person, place, store } from "./store.js";
import { Uploads } from "./uploads.js";

const root = document.getElementById("composer");
const drafts = new Map();
let about = null;

/** Draws the composer for the open channel. */
export function drawComposer() {
  about = null;
  const channel = place(store.channelId);
  if (!channel) return root.replaceChildren();
  if (channel.can_send === false) {
    const words = "You do not have permission to send messages in this channel.";
    return root.replaceChildren(h("p", { class: "no-send", id: "composer-text", tabindex: "-1" }, icon("warn", 18), words));
  }
  return new Writing(channel);
}

/** All commands as they are typed: subcommands stand for themselves. */
function typedCommands() {
  const flat = (name, command, from) => {
    const inner = (command.options ?? []).filter((option) => option.type === 1 || option.type === 2);
    if (inner.length) return inner.flatMap((option) => flat(`${name} ${option.name}`, option, from));
    return [{ name, description: command.description, options: command.options ?? [], id: from.id }];
  };
  return commandsOf(1).flatMap((command) => flat(command.name, command, command)).sort((left, right) => left.name.localeCompare(right.name));
}

function matching(typed) {
  const wanted = typed.slice(1).trimStart().toLowerCase();
  const all = typedCommands();
  const starts = all.filter((one) => one.name.startsWith(wanted) || `${wanted} `.startsWith(`${one.name} `));
  const holds = all.filter((one) => !starts.includes(one) && one.name.includes(wanted));
  return [...starts, ...holds].map((one) => ({ value: one, label: `/${one.name}`, detail: one.description, mark: () => h("span", { class: "slash", "aria-hidden": "true" }, "/") }));
}

/** A message being written: new, a reply, or a change of one's own. */
class Writing {
  constructor(channel, text = drafts.get(store.channelId) ?? "") {
    const hint = `Message ${store.dms.has(channel.id) ? "@" : "#"}${channel.name}`;
    this.field = h("textarea", { id: "composer-text", rows: 1, placeholder: hint, "aria-label": `${hint}, or / for commands`, maxlength: 2000, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.list = new Listbox("Commands", (item) => command(item.value), { nothing: "No such command here" });
    this.panel = h("div", { class: "suggestions", hidden: true }, h("p", { class: "suggestions-title" }, "Commands"), this.list.node);
    this.uploads = new Uploads(() => this.field.focus());
    this.list.ownedBy(this.field);
    this.listen();
    root.replaceChildren(this.panel, this.problem, this.bar(), this.uploads.node, this.form);
    this.field.value = text;
    this.changed();
  }

  listen() {
    const send = h("button", { type: "submit", class: "icon-button send", "aria-label": "Send message" }, icon("send"));
    const add = mayIn(store.channelId, "ATTACH_FILES") && about?.kind !== "edit" ? [this.uploads.button, this.uploads.input] : [];
    this.form = h("form", { class: add.length ? "composer-line with-files" : "composer-line" }, ...add, this.field, send);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    const take = (event, transfer) => add.length && this.uploads.take(transfer) && event.preventDefault();
    this.field.addEventListener("paste", (event) => take(event, event.clipboardData));
    this.form.addEventListener("dragover", (event) => event.preventDefault());
    this.form.addEventListener("drop", (event) => take(event, event.dataTransfer));
  }

  /** What is answered or changed, with a way out of it. */
  bar() {
    if (!about) return "";
    const { kind, message } = about;
    const out = h("button", { type: "button", class: "icon-button", "aria-label": "Cancel", onclick: leave }, icon("close", 16));
    if (kind === "edit") return h("div", { class: "about" }, icon("pencil", 16), h("span", { class: "about-words" }, "Changing your message"), out);
    const ping = h("button", { type: "button", class: "ping-switch", "aria-pressed": String(about.ping), title: "Whether they are pinged", onclick: (event) => switchPing(event.currentTarget) }, about.ping ? "@ on" : "@ off");
    const who = h("strong", {}, person(message.author.id, message.author).name);
    return h("div", { class: "about" }, icon("reply", 16), h("span", { class: "about-words" }, "Replying to ", who), ping, out);
  }

  changed() {
    if (about?.kind !== "edit") drafts.set(store.channelId, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 200)}px`;
    const found = about?.kind !== "edit" && /^\/[^\n]*$/.test(this.field.value) ? matching(this.field.value) : null;
    if (found && this.panel.hidden) document.dispatchEvent(new CustomEvent("commands-wanted", { detail: () => this.again() }));
    this.panel.hidden = !found;
    this.field.setAttribute("aria-expanded", String(Boolean(found)));
    if (found) this.list.show(found);
  }

  again() {
    const fresh = this.panel.hidden ? [] : matching(this.field.value);
    if (JSON.stringify(fresh) !== JSON.stringify(this.list.items)) this.list.show(fresh);
  }

  key(event) {
    if (!this.panel.hidden && (event.key === "Escape" || this.list.key(event))) {
      if (event.key === "Escape") this.panel.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape" && about) leave();
    else if (event.key === "ArrowUp" && !this.field.value && !about) change(lastOwn());
  }

  submit() {
    const { value } = this.field;
    const picked = this.list.items[this.list.active];
    if (!this.panel.hidden && value.startsWith("/") && picked) command(picked.value);
    else this.send(value.trim());
  }

  async send(text) {
    const files = this.uploads.files.length ? await this.uploads.encoded() : [];
    if (!text && !files.length) return;
    const given = about;
    this.problem.hidden = true;
    this.field.value = "";
    this.changed();
    try {
      if (given?.kind === "edit") await hands.edit(store.as, given.message.id, text);
      else await hands.say({ as: store.as, channel_id: store.channelId, content: text, files, ...replyTo(given) });
      if (given) leave();
      else this.uploads.clear();
    } catch (refusal) {
      this.field.value = this.field.value || text;
      this.changed();
      this.problem.textContent = refusal.message;
      this.problem.hidden = false;
    }
  }
}

function replyTo(given) {
  return given ? { reply_to: given.message.id, ping: given.ping } : {};
}

function switchPing(button) {
  about.ping = !about.ping;
  button.textContent = about.ping ? "@ on" : "@ off";
  button.setAttribute("aria-pressed", String(about.ping));
}

function leave() {
  drawComposer();
  document.getElementById("composer-text")?.focus();
}

function change(message) {
  if (message) begin({ kind: "edit", message }, message.content);
}

function begin(what, text) {
  about = what;
  const writing = new Writing(place(store.channelId), text);
  writing.field.focus();
  writing.field.setSelectionRange(writing.field.value.length, writing.field.value.length);
}

document.addEventListener("reply", (event) => begin({ kind: "reply", message: event.detail, ping: true }));
document.addEventListener("edit", (event) => change(event.detail));

function command(chosen) {
  about = null;
  const back = (text) => new Writing(place(store.channelId), text).field.focus();
  const form = new CommandForm(chosen, { onSend: (options) => run(chosen, options, form), onLeave: back });
  root.replaceChildren(form.node);
  drafts.delete(store.channelId);
  if (chosen.options.length) form.start();
  else form.submit();
}

async function run(chosen, options, form) {
  const guild = store.dms.has(store.channelId) ? {} : { guild_id: store.guild.id };
  const where = { as: store.as, channel_id: store.channelId, ...guild };
  const done = sending(chosen.name);
  form.wait(true);
  try {
    const interaction = await hands.command({ ...where, name: chosen.name, options });
    if (where.as !== store.as) return done(null);
    const problem = settle(interaction);
    done(problem ? complaint(interaction) : null);
    if (problem) announce(problem);
    if (where.channel_id === store.channelId) afterwards();
  } catch (refusal) {
    done(null);
    form.refuse(refusal.message);
  }
  return undefined;
}

function afterwards() {
  drafts.delete(store.channelId);
  drawComposer();
  if (!document.querySelector("dialog[open]")) document.getElementById("composer-text")?.focus();
}
