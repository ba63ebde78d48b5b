// Menus of what can be done with a message or a member, and the small picker of emojis.

import { h, icon } from "./dom.js";
import { show } from "./listbox.js";

const EMOJIS = ["👍", "👎", "❤️", "😂", "😮", "😢", "🎉", "🔥", "✅", "❌", "👀", "🙏", "🗝️", "⚔️", "🛡️", "💀", "🏹", "🧪", "1️⃣", "2️⃣", "3️⃣", "➕", "➖", "❓"];

/** Opens a menu at an element; its items are `{label, icon, act, danger?}`, headings `{title}`, or nothing. */
export function openMenu(anchor, label, items, head = null) {
  const box = h("div", { class: "popover menu", popover: "auto", role: "menu", "aria-label": label }, head);
  for (const item of items.filter(Boolean)) box.append(item.title ? h("h3", { role: "presentation" }, item.title) : entry(item, box, anchor));
  box.addEventListener("keydown", (event) => move(event, [...box.querySelectorAll("[role=menuitem]")]));
  show(box, anchor);
  (box.querySelector("[role=menuitem]") ?? box).focus();
}

function entry(item, box, anchor) {
  const run = () => {
    box.hidePopover();
    if (anchor.isConnected) anchor.focus();
    item.act();
  };
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "danger-item" : null, onclick: run }, icon(item.icon, 18), item.label);
}

function move(event, nodes) {
  const at = nodes.indexOf(document.activeElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: nodes.length - 1 }[event.key];
  if (goal === undefined || !nodes.length) return;
  event.preventDefault();
  nodes[(goal + nodes.length) % nodes.length].focus();
}

/** Lets one pick an emoji, or write another. */
export function pickEmoji(anchor, onPick) {
  const box = h("div", { class: "popover emojis", popover: "auto", role: "dialog", "aria-label": "Add a reaction" });
  const take = (emoji) => {
    box.hidePopover();
    onPick(emoji);
  };
  const buttons = EMOJIS.map((one) => h("button", { type: "button", class: "emoji", "aria-label": one, onclick: () => take(one) }, one));
  const other = h("input", { type: "search", placeholder: "Another emoji", "aria-label": "Another emoji", maxlength: 100, autocomplete: "off" });
  other.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && other.value.trim()) take(other.value.trim());
  });
  box.append(h("div", { class: "emoji-grid" }, ...buttons), other);
  box.addEventListener("keydown", (event) => event.target !== other && moveInGrid(event, buttons));
  show(box, anchor);
  buttons[0].focus();
}

const COLUMNS = 6;

function moveInGrid(event, buttons) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  const goal = buttons[buttons.indexOf(document.activeElement) + step];
  if (!step || !goal) return;
  event.preventDefault();
  goal.focus();
}
