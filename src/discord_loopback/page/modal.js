// Modals: the form that an application opens.

import { hands } from "./api.js";
import { INVALID, openDialog } from "./dialogs.js";
import { freshId, h } from "./dom.js";
import { boxes, fileInput, singleBox } from "./inputs.js";
import { markdown } from "./markdown.js";
import { selectMenu } from "./selects.js";
import { store } from "./store.js";

const SELECTS = [3, 5, 6, 7, 8];

/** Opens the modal of an interaction; `settle` shows what its submission brings and tells a complaint. */
export function openModal(interaction, settle) {
  const { title, components } = interaction.modal;
  const values = new Map();
  const send = async (form) => {
    const invalid = [...form.querySelectorAll("[data-field]")].filter((field) => !valid(field, values));
    invalid[0]?.querySelector("input, textarea, .select")?.focus();
    if (invalid.length) return INVALID;
    const body = { as: store.as, interaction_id: interaction.id, values: Object.fromEntries(values) };
    const complaint = settle(await hands.submit(body));
    return complaint && `${complaint}. Try again.`;
  };
  openDialog({ title, body: components.map((one) => part(one, values)), submit: "Submit", send });
}

function valid(field, values) {
  const { field: id, required, least } = field.dataset;
  const value = values.get(id) ?? "";
  const size = value.length ?? 1;
  const missing = required === "true" && size === 0;
  const short = size > 0 && size < Number(least ?? 0);
  const text = missing ? "This field is required." : short ? `${typeof value === "string" ? `At least ${least} characters` : `At least ${least} choices`}, please.` : "";
  field.classList.toggle("invalid", Boolean(text));
  field.querySelector(".field-problem").textContent = text;
  return !text;
}

function part(data, values) {
  if (data.type === 10) return markdown(data.content);
  if (data.type === 18) return field(data.component, { label: data.label, description: data.description }, values);
  if (data.type === 1) return h("div", {}, ...data.components.map((one) => field(one, { label: one.label ?? "" }, values)));
  return h("p", { class: "subtext" }, `Component of type ${data.type}, which this page cannot show`);
}

function field(data, { label, description }, values) {
  const id = freshId("field");
  const required = data.type !== 23 && (data.required ?? true);
  const least = data.type === 4 ? data.min_length : data.min_values;
  const attributes = { field: data.custom_id, required: String(required), least: String(least ?? 0) };
  const star = required ? h("span", { class: "required" }, "* required") : null;
  return h(
    "div",
    { class: "modal-field", data: attributes },
    h("label", { for: id }, label, " ", star),
    description ? h("p", { class: "subtext" }, description) : null,
    control(data, id, values, label),
    h("p", { class: "field-problem", role: "alert" }),
  );
}

function control(data, id, values, label) {
  if (data.type === 4) return textInput(data, id, values);
  if (SELECTS.includes(data.type)) return select(data, id, values, label);
  if (data.type === 19) return fileInput(data, id, values);
  if (data.type === 21 || data.type === 22) return boxes(data, id, values);
  if (data.type === 23) return singleBox(data, id, values);
  return h("p", { id, class: "subtext" }, `Input of type ${data.type}, which this page cannot show`);
}

function textInput(data, id, values) {
  const limit = data.max_length ?? 4000;
  const left = h("span", { class: "counter", "aria-hidden": "true" });
  const shared = { id, maxlength: limit, placeholder: data.placeholder ?? "", autocomplete: "off" };
  const input = data.style === 2 ? h("textarea", { ...shared, rows: 4 }) : h("input", { ...shared, type: "text" });
  input.value = data.value ?? "";
  const changed = () => {
    values.set(data.custom_id, input.value);
    left.textContent = `${[...input.value].length}/${limit}`;
  };
  input.addEventListener("input", changed);
  changed();
  return h("div", { class: "counted" }, input, left);
}

function select(data, id, values, label) {
  const menu = selectMenu(data, { label, onDone: (chosen) => values.set(data.custom_id, chosen) });
  menu.id = id;
  const first = data.type === 3 ? (data.options ?? []).filter((one) => one.default).map((one) => one.value) : (data.default_values ?? []).map((one) => one.id);
  values.set(data.custom_id, first);
  return menu;
}
