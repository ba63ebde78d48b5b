// The field at the bottom: plain messages, and the picker of slash commands.

import { hands } from "./api.js";
import { CommandForm } from "./command.js";
import { announce, h, icon } from "./dom.js";
import { complaint, settle } from "./interactions.js";
import { Listbox } from "./listbox.js";
import { sending } from "./messages.js";
import { place, store } from "./store.js";

const root = document.getElementById("composer");
const drafts = new Map();

/** Draws the composer for the open channel. */
export function drawComposer() {
  const channel = place(store.channelId);
  if (!channel) return root.replaceChildren();
  if (channel.can_send === false) {
    const words = "You do not have permission to send messages in this channel.";
    return root.replaceChildren(h("p", { class: "no-send", id: "composer-text", tabindex: "-1" }, icon("warn", 18), words));
  }
  return plain(channel);
}

/** All commands as they are typed: subcommands stand for themselves. */
function typedCommands() {
  const flat = (name, command, from) => {
    const inner = (command.options ?? []).filter((option) => option.type === 1 || option.type === 2);
    if (inner.length) return inner.flatMap((option) => flat(`${name} ${option.name}`, option, from));
    return [{ name, description: command.description, options: command.options ?? [], id: from.id }];
  };
  const chat = store.commands.filter((command) => (command.type ?? 1) === 1);
  return chat.flatMap((command) => flat(command.name, command, command)).sort((left, right) => left.name.localeCompare(right.name));
}

function matching(typed) {
  const wanted = typed.slice(1).trimStart().toLowerCase();
  const all = typedCommands();
  const starts = all.filter((one) => one.name.startsWith(wanted) || `${wanted} `.startsWith(`${one.name} `));
  const holds = all.filter((one) => !starts.includes(one) && one.name.includes(wanted));
  return [...starts, ...holds].map((one) => ({ value: one, label: `/${one.name}`, detail: one.description, mark: () => h("span", { class: "slash", "aria-hidden": "true" }, "/") }));
}

function plain(channel, text = drafts.get(store.channelId) ?? "") {
  const prefix = store.dms.has(channel.id) ? "@" : "#";
  const hint = `Message ${prefix}${channel.name}`;
  const field = h("textarea", { id: "composer-text", rows: 1, placeholder: hint, "aria-label": `${hint}, or / for commands`, maxlength: 2000, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const list = new Listbox("Commands", (item) => command(item.value));
  const panel = h("div", { class: "suggestions", hidden: true }, h("p", { class: "suggestions-title" }, "Commands"), list.node);
  const send = h("button", { type: "submit", class: "icon-button send", "aria-label": "Send message" }, icon("send"));
  const form = h("form", { class: "composer-line" }, field, send);
  list.ownedBy(field);
  const changed = () => {
    drafts.set(store.channelId, field.value);
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const found = /^\/[^\n]*$/.test(field.value) ? matching(field.value) : null;
    if (found && panel.hidden) document.dispatchEvent(new CustomEvent("commands-wanted", { detail: again }));
    panel.hidden = !found;
    field.setAttribute("aria-expanded", String(Boolean(found)));
    if (found) list.show(found);
  };
  const again = () => {
    const fresh = panel.hidden ? [] : matching(field.value);
    if (JSON.stringify(fresh) !== JSON.stringify(list.items)) list.show(fresh);
  };
  field.addEventListener("input", changed);
  field.addEventListener("keydown", (event) => {
    if (!panel.hidden && (event.key === "Escape" || list.key(event))) {
      if (event.key === "Escape") panel.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.startsWith("/") && list.items[list.active]) command(list.items[list.active].value);
    else say(field, problem, changed);
  });
  root.replaceChildren(panel, problem, form);
  field.value = text;
  changed();
  return field;
}

async function say(field, problem, changed) {
  const text = field.value.trim();
  if (!text) return;
  problem.hidden = true;
  field.value = "";
  changed();
  try {
    await hands.say(store.as, store.channelId, text);
  } catch (refusal) {
    field.value = field.value || text;
    changed();
    problem.textContent = refusal.message;
    problem.hidden = false;
  }
}

function command(chosen) {
  const leave = (text) => {
    const field = plain(place(store.channelId), text);
    field.focus();
  };
  const form = new CommandForm(chosen, { onSend: (options) => run(chosen, options, form), onLeave: leave });
  root.replaceChildren(form.node);
  drafts.delete(store.channelId);
  if (chosen.options.length) form.start();
  else form.submit();
}

async function run(chosen, options, form) {
  const where = { as: store.as, guild_id: store.guild.id, channel_id: store.channelId };
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
