// What can be done with a message: by its small bar, by its menu, and by the commands of applications.

import { hands } from "./api.js";
import { ask } from "./dialogs.js";
import { announce, h, icon } from "./dom.js";
import { runOn } from "./interactions.js";
import { openMenu, pickEmoji } from "./menus.js";
import { commandsOf, mayIn, place, store } from "./store.js";

/** The bar that shows while the pointer or the keyboard is on a message. */
export function toolbar(message) {
  const button = (name, label, act) => h("button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: (event) => act(event.currentTarget) }, icon(name, 18));
  const parts = [
    mayIn(message.channel_id, "ADD_REACTIONS") ? button("smile", "Add reaction", (node) => addReaction(node, message)) : null,
    canWrite(message) ? button("reply", "Reply", () => reply(message)) : null,
    isMine(message) ? button("trash", "Delete message", () => remove(message)) : null,
    button("more", "More", (node) => openMessageMenu(node, message)),
  ];
  return h("div", { class: "toolbar" }, ...parts.filter(Boolean));
}

/** Opens the menu of a message at an element. */
export function openMessageMenu(anchor, message) {
  const at = message.channel_id;
  const opens = [0, 5].includes(place(at)?.type) && !message.thread && mayIn(at, "CREATE_PUBLIC_THREADS");
  const items = [
    mayIn(at, "ADD_REACTIONS") && { label: "Add reaction", icon: "smile", act: () => addReaction(anchor, message) },
    canWrite(message) && { label: "Reply", icon: "reply", act: () => reply(message) },
    isMine(message) && { label: "Edit message", icon: "pencil", act: () => edit(message) },
    opens && { label: "Open thread", icon: "thread", act: () => openThread(at, message) },
    mayIn(at, "PIN_MESSAGES") && { label: message.pinned ? "Unpin message" : "Pin message", icon: "pin", act: () => pin(message) },
    (isMine(message) || mayIn(at, "MANAGE_MESSAGES")) && { label: "Delete message", icon: "trash", danger: true, act: () => remove(message) },
    ...apps(message),
  ];
  openMenu(anchor, "Message", items);
}

function apps(message) {
  const offered = commandsOf(3);
  if (!offered.length) return [];
  const run = (command) => runOn(message.id, () => hands.messageCommand({ as: store.as, message_id: message.id, name: command.name }));
  return [{ title: "Apps" }, ...offered.map((one) => ({ label: one.name, icon: "app", act: () => run(one) }))];
}

function isMine(message) {
  return message.author.id === store.as;
}

function canWrite(message) {
  return place(message.channel_id)?.can_send !== false;
}

function reply(message) {
  document.dispatchEvent(new CustomEvent("reply", { detail: message }));
}

function edit(message) {
  document.dispatchEvent(new CustomEvent("edit", { detail: message }));
}

/** Does something that the loopback may refuse, and says so. */
async function tried(action) {
  try {
    return await action();
  } catch (refusal) {
    document.dispatchEvent(new CustomEvent("refused", { detail: refusal.message }));
    announce(refusal.message);
    return null;
  }
}

function addReaction(anchor, message) {
  pickEmoji(anchor, (emoji) => tried(() => hands.react(store.as, message.id, emoji)));
}

/** Adds or takes back the member's own reaction. */
export function toggleReaction(message, emoji) {
  const mine = message.reacted?.[emoji]?.includes(store.as);
  return tried(() => hands[mine ? "unreact" : "react"](store.as, message.id, emoji));
}

function pin(message) {
  return tried(() => hands.moderate(message.pinned ? "unpin" : "pin", { as: store.as, message_id: message.id }));
}

function remove(message) {
  return tried(() => hands.remove(store.as, message.id));
}

/** Asks for a name and opens a thread, from a message or in the channel itself. */
export function openThread(channelId, message = null) {
  ask({
    title: message ? "Thread from a message" : "New thread",
    submit: "Open thread",
    fields: [{ name: "name", label: "Name", required: true, value: message?.content.split("\n")[0].slice(0, 60) ?? "" }],
    act: async ({ name }) => {
      const thread = await hands.openThread({ as: store.as, channel_id: channelId, name, ...(message ? { message_id: message.id } : {}) });
      document.dispatchEvent(new CustomEvent("goto", { detail: { channelId: thread.id } }));
    },
  });
}
