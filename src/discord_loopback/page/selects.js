// Select menus, in messages and in modals.

import { h, icon } from "./dom.js";
import { choose } from "./listbox.js";
import { emoji } from "./markdown.js";
import { channelItems, memberItems, roleItems } from "./people.js";

const PLACEHOLDERS = { 3: "Make a selection", 5: "Select a user", 6: "Select a role", 7: "Select a user or role", 8: "Select a channel" };

function itemsOf(data) {
  if (data.type === 5) return memberItems();
  if (data.type === 6) return roleItems();
  if (data.type === 7) return [...memberItems(), ...roleItems()];
  if (data.type === 8) return channelItems(data.channel_types);
  return (data.options ?? []).map((option) => ({
    value: option.value,
    label: option.label,
    detail: option.description ?? "",
    mark: option.emoji ? () => emoji(option.emoji) : undefined,
  }));
}

function chosenAtFirst(data) {
  if (data.type !== 3) return (data.default_values ?? []).map((one) => one.id);
  return (data.options ?? []).filter((option) => option.default).map((option) => option.value);
}

/** The closed menu; `onDone` gets the values when the member has chosen. */
export function selectMenu(data, { busy = false, label = null, onDone }) {
  const hint = data.placeholder || PLACEHOLDERS[data.type];
  const items = itemsOf(data);
  let chosen = chosenAtFirst(data);
  const face = h("span", { class: "chosen" });
  const name = label ?? hint;
  const trigger = h("button", { type: "button", class: "select", "aria-haspopup": "listbox", "aria-expanded": "false", data: { cid: data.custom_id } });
  trigger.append(face, icon("chevron"));
  trigger.disabled = Boolean(data.disabled);
  if (busy) trigger.setAttribute("aria-busy", "true");
  const paint = () => {
    const picked = chosen.map((value) => items.find((item) => item.value === value)).filter(Boolean);
    face.classList.toggle("empty", !picked.length);
    face.replaceChildren(...(picked.length ? picked.map(chip) : [busy ? "Waiting for the answer…" : hint]));
    const words = picked.map((item) => item.label).join(", ");
    trigger.setAttribute("aria-label", words ? `${name}: ${words}` : name);
  };
  trigger.addEventListener("click", () => {
    if (busy) return;
    const limits = { min: data.required === false ? 0 : data.min_values ?? 1, max: data.max_values ?? 1 };
    const take = (values) => {
      chosen = values;
      paint();
      onDone(values);
    };
    choose({ anchor: trigger, label: name, items, search: data.type !== 3 || items.length > 10, chosen, onDone: take, ...limits });
  });
  paint();
  return trigger;
}

function chip(item) {
  return h("span", { class: "chip" }, item.mark?.() ?? null, h("span", { class: "text" }, item.label));
}
