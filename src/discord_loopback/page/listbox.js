// A list to choose from by arrow keys or pointer, and the popover that shows one at a button.

import { freshId, h, icon } from "./dom.js";

/** Choices are `{value, label, detail?, mark?}`, where `mark()` makes a small picture. */
export class Listbox {
  constructor(label, onPick, { multi = false, nothing = "Nothing found" } = {}) {
    this.onPick = onPick;
    this.nothing = nothing;
    this.items = [];
    this.chosen = new Set();
    this.active = -1;
    this.id = freshId("list");
    this.node = h("ul", { id: this.id, class: "listbox", role: "listbox", "aria-label": label });
    if (multi) this.node.setAttribute("aria-multiselectable", "true");
  }

  show(items, chosen = this.chosen) {
    this.items = items;
    this.chosen = chosen;
    this.node.replaceChildren(...items.map((item, index) => this.option(item, index)));
    if (!items.length) this.node.append(h("li", { class: "nothing", role: "presentation" }, this.nothing));
    this.point(items.length ? 0 : -1);
  }

  option(item, index) {
    const selected = this.chosen.has(item.value);
    const words = h("span", { class: "words" }, h("span", { class: "label" }, item.label));
    if (item.detail) words.append(h("span", { class: "detail" }, item.detail));
    const attributes = { id: `${this.id}-${index}`, role: "option", "aria-selected": String(selected) };
    const node = h("li", attributes, item.mark?.() ?? null, words, selected ? icon("check", 18) : null);
    node.addEventListener("pointermove", () => this.active === index || this.point(index, false));
    node.addEventListener("mousedown", (event) => event.preventDefault());
    node.addEventListener("click", () => this.onPick(item));
    return node;
  }

  point(index, scroll = true) {
    this.active = index;
    for (const [at, node] of [...this.node.children].entries()) node.classList.toggle("active", at === index);
    if (scroll) this.node.children[index]?.scrollIntoView({ block: "nearest" });
    this.owner?.setAttribute("aria-activedescendant", index < 0 ? "" : `${this.id}-${index}`);
  }

  /** Gives the keyboard of an element to this list. */
  ownedBy(element) {
    this.owner = element;
    element.setAttribute("aria-controls", this.id);
  }

  /** Moves or picks by key; true when the key was meant for the list. */
  key(event) {
    const last = this.items.length - 1;
    const goal = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + 8, PageUp: this.active - 8 };
    if (event.key in goal && last >= 0) {
      const wrapped = goal[event.key] > last ? (this.active === last ? 0 : last) : goal[event.key];
      this.point(wrapped < 0 ? (this.active === 0 ? last : 0) : wrapped);
    } else if (["Enter", "Tab"].includes(event.key) && this.active >= 0 && !event.shiftKey) {
      this.onPick(this.items[this.active]);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }
}

/** The choices that fit what was typed: those that begin with it, then those that hold it, then by their details. */
export function matching(items, typed, most = 100) {
  const wanted = typed.trim().toLowerCase();
  const ranked = items.map((item) => [rank(item, wanted), item]).filter(([place]) => place < 3);
  return ranked.sort(([left], [right]) => left - right).slice(0, most).map(([, item]) => item);
}

function rank(item, wanted) {
  const label = item.label.toLowerCase();
  if (label.startsWith(wanted)) return 0;
  if (label.includes(wanted)) return 1;
  return (item.detail ?? "").toLowerCase().includes(wanted) ? 2 : 3;
}

/**
 * Opens a list at a button. One value is taken at once; several (`max` above 1) by the Done button.
 * `footer` may hold a remark. Esc or a press elsewhere closes without taking anything.
 */
export function choose({ anchor, label, items, search = false, min = 1, max = 1, chosen = [], onDone }) {
  const multi = max > 1;
  const picked = new Set(chosen);
  const box = h("div", { class: "popover", popover: "auto", role: "dialog", "aria-label": label });
  const done = h("button", { class: "button primary", type: "button", onclick: () => finish([...picked]) });
  const finish = (values) => {
    box.hidePopover();
    onDone(values);
  };
  const toggle = (item) => {
    if (!multi && min > 0) return finish([item.value]);
    if (picked.has(item.value)) picked.delete(item.value);
    else if (picked.size < max) picked.add(item.value);
    if (!multi) return finish([...picked]);
    const at = list.active;
    list.show(list.items, picked);
    list.point(at);
    return count();
  };
  const count = () => {
    done.textContent = `Done · ${picked.size} of ${max}`;
    done.disabled = picked.size < min;
  };
  const list = new Listbox(label, toggle, { multi });
  const field = h("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${label}`, autocomplete: "off" });
  const keys = search ? field : list.node;
  list.ownedBy(keys);
  if (search) box.append(field);
  else list.node.tabIndex = 0;
  box.append(list.node);
  if (multi) box.append(h("footer", {}, done));
  field.addEventListener("input", () => list.show(matching(items, field.value), picked));
  keys.addEventListener("keydown", (event) => pressed(event, list, keys === field));
  show(box, anchor);
  list.show(matching(items, ""), picked);
  count();
  keys.focus();
}

function pressed(event, list, typing) {
  if (event.key === "Tab") return;
  if (event.key === " " && !typing && list.active >= 0) {
    event.preventDefault();
    list.onPick(list.items[list.active]);
  } else list.key(event);
}

/** Shows a popover beside the element it belongs to; it is thrown away when it closes. */
export function show(box, anchor) {
  (anchor.closest("dialog") ?? document.body).append(box);
  box.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed") box.remove();
  });
  box.showPopover();
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom;
  const room = Math.max(below, at.top) - 16;
  box.style.setProperty("--room", `${Math.min(420, room)}px`);
  box.style.setProperty("--least", `${at.width}px`);
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  if (below >= Math.min(320, at.top)) box.style.top = `${at.bottom + 4}px`;
  else box.style.bottom = `${innerHeight - at.top + 4}px`;
}
