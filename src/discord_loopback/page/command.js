// The form of one slash command: an input for each option.

import { hands } from "./api.js";
import { debounced, freshId, h, icon } from "./dom.js";
import { encoded } from "./inputs.js";
import { Listbox, matching } from "./listbox.js";
import { channelItems, memberItems, roleItems } from "./people.js";
import { store } from "./store.js";

const TRUTH = [{ value: true, label: "True" }, { value: false, label: "False" }];
const KINDS = { 3: "text", 4: "whole number", 5: "True or False", 6: "member", 7: "channel", 8: "role", 9: "member or role", 10: "number", 11: "file" };

function fixedItems(option) {
  if (option.choices?.length) return option.choices.map((one) => ({ value: one.value, label: one.name }));
  if (option.type === 5) return TRUTH;
  if (option.type === 6) return memberItems();
  if (option.type === 7) return channelItems(option.channel_types);
  if (option.type === 8) return roleItems();
  if (option.type === 9) return [...memberItems(), ...roleItems()];
  return null;
}

/** Shows the options of a command: required ones at once, optional ones on demand. */
export class CommandForm {
  constructor(command, { onSend, onLeave }) {
    this.command = command;
    this.onSend = onSend;
    this.onLeave = onLeave;
    this.fields = [];
    this.busy = false;
    this.rows = h("div", { class: "options" });
    this.more = h("div", { class: "more" });
    this.hint = h("p", { class: "option-hint" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.suggestions = h("div", { class: "suggestions", hidden: true });
    this.node = this.form();
    for (const option of command.options.filter((one) => one.required)) this.add(option);
    this.offerMore();
  }

  form() {
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Leave the command", onclick: () => this.onLeave("") }, icon("close", 18));
    const send = h("button", { type: "submit", class: "icon-button send", "aria-label": `Send /${this.command.name}` }, icon("send"));
    const line = h("div", { class: "command-line" }, h("strong", { class: "command-name" }, `/${this.command.name}`), this.rows, this.more);
    const form = h("form", { class: "command-form", novalidate: true }, h("div", { class: "command-top" }, line, close, send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(event));
    return h("div", { class: "command" }, this.suggestions, this.problem, this.hint, form);
  }

  escape(event) {
    event.preventDefault();
    if (this.suggestions.hidden) this.onLeave("");
    else this.suggestions.hidden = true;
  }

  /** Puts the keyboard where the first value is wanted. */
  start() {
    const first = this.fields[0]?.input ?? this.more.querySelector("button");
    this.hint.textContent = this.command.description ?? "";
    first?.focus();
  }

  add(option) {
    const field = new OptionField(option, this);
    this.fields.push(field);
    this.rows.append(field.node);
    return field;
  }

  offerMore() {
    const left = this.command.options.filter((option) => !this.fields.some((field) => field.option === option));
    const buttons = left.map((option) => {
      const add = () => {
        const field = this.add(option);
        this.offerMore();
        field.input.focus();
      };
      return h("button", { type: "button", class: "add-option", title: option.description, onclick: add }, `+ ${option.name}`);
    });
    this.more.replaceChildren(...buttons);
  }

  remove(field) {
    this.fields = this.fields.filter((one) => one !== field);
    field.node.remove();
    this.suggestions.hidden = true;
    this.offerMore();
    (this.fields.at(-1)?.input ?? this.more.querySelector("button"))?.focus();
  }

  /** Goes on to the next empty option; with none left, Enter sends. */
  advance(field) {
    const next = this.fields.slice(this.fields.indexOf(field) + 1).find((one) => !one.input.value);
    next?.input.focus();
    if (!next) this.hint.textContent = `Enter sends /${this.command.name}.`;
  }

  values() {
    return Object.fromEntries(this.fields.filter((field) => field.filled()).map((field) => [field.option.name, field.value()]));
  }

  submit() {
    if (this.busy) return;
    const wrong = this.fields.find((field) => field.fault());
    if (wrong) {
      this.refuse(wrong.fault());
      wrong.input.focus();
      return;
    }
    this.onSend(this.values());
  }

  wait(busy) {
    this.busy = busy;
    this.node.toggleAttribute("aria-busy", busy);
    this.suggestions.hidden = true;
    this.problem.hidden = true;
  }

  refuse(text) {
    this.wait(false);
    this.problem.textContent = text;
    this.problem.hidden = false;
    if (!this.node.isConnected) document.getElementById("composer").replaceChildren(this.node);
  }
}

class OptionField {
  constructor(option, form) {
    this.option = option;
    this.form = form;
    this.items = fixedItems(option);
    this.picked = null;
    this.list = new Listbox(option.name, (item) => this.pick(item));
    const id = freshId("option");
    const help = `${option.name}${option.required ? ", required" : ""}: ${option.description ?? KINDS[option.type]}`;
    const mode = { 4: "numeric", 10: "decimal" }[option.type] ?? "text";
    this.input = h("input", { id, type: "text", inputmode: mode, autocomplete: "off", "aria-label": help, role: "combobox", "aria-expanded": "false", data: { option: option.name } });
    if (option.type === 11) this.takeFile();
    this.list.ownedBy(this.input);
    this.input.addEventListener("focus", () => this.focused(help));
    this.input.addEventListener("blur", () => this.left());
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.ask = debounced(180, () => this.fetch());
    const gone = h("button", { type: "button", class: "drop-option", "aria-label": `Remove ${option.name}`, onclick: () => form.remove(this) }, icon("close", 14));
    this.node = h("div", { class: "option" }, h("label", { for: id }, option.name, option.required ? h("span", { class: "required" }, "*") : null), this.input, option.required ? null : gone);
    this.size();
  }

  /** Lets the browser ask for a file instead of a text. */
  takeFile() {
    this.input.type = "file";
    this.input.removeAttribute("role");
    this.file = null;
    this.input.addEventListener("change", async () => {
      const [chosen] = this.input.files;
      this.file = chosen ? await encoded(chosen) : null;
      this.form.hint.textContent = chosen ? `${chosen.name}: Enter sends /${this.form.command.name}` : "";
    });
  }

  size() {
    this.input.style.setProperty("--chars", Math.max(8, Math.min(40, this.input.value.length + 2)));
  }

  focused(help) {
    this.form.hint.textContent = help;
    this.suggest();
  }

  left() {
    this.input.setAttribute("aria-expanded", "false");
    if (this.form.suggestions.contains(this.list.node)) this.form.suggestions.hidden = true;
    this.node.classList.toggle("invalid", Boolean(this.filled() && this.fault()));
  }

  typed() {
    if (this.picked && this.picked.label !== this.input.value) this.picked = null;
    this.node.classList.remove("invalid");
    this.size();
    this.suggest();
  }

  suggest() {
    if (this.items) this.offer(this.narrowed());
    else if (this.option.autocomplete) this.ask();
  }

  narrowed() {
    return matching(this.items, this.picked ? "" : this.input.value.replace(/^[@#]/, ""), 25);
  }

  async fetch() {
    const where = { as: store.as, guild_id: store.guild.id, channel_id: store.channelId, name: this.form.command.name };
    const typed = this.input.value;
    const options = { ...this.form.values(), [this.option.name]: typed };
    try {
      const interaction = await hands.autocomplete({ ...where, options, focused: this.option.name });
      if (typed !== this.input.value || document.activeElement !== this.input) return;
      if (!interaction.choices) throw new Error("Loading options failed");
      this.offer(interaction.choices.map((one) => ({ value: one.value, label: one.name })));
    } catch (refusal) {
      this.form.hint.textContent = refusal.message;
    }
  }

  offer(items) {
    const title = h("p", { class: "suggestions-title" }, `${this.option.name} · ${this.option.description ?? KINDS[this.option.type]}`);
    this.form.suggestions.replaceChildren(title, this.list.node);
    this.form.suggestions.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.list.show(items, new Set(this.picked ? [this.picked.value] : []));
  }

  key(event) {
    const open = !this.form.suggestions.hidden && this.form.suggestions.contains(this.list.node);
    if (event.key === "Backspace" && !this.input.value) return this.backspace(event);
    if (event.key === "Enter" && this.picked) return undefined;
    if (event.key === "Tab" && !this.input.value) return undefined;
    if (open) this.list.key(event);
    return undefined;
  }

  backspace(event) {
    event.preventDefault();
    if (!this.option.required) this.form.remove(this);
    else if (this.form.fields[0] === this) this.form.onLeave(`/${this.form.command.name}`);
  }

  pick(item) {
    this.picked = item;
    this.input.value = item.label;
    this.node.classList.remove("invalid");
    this.size();
    this.form.suggestions.hidden = true;
    this.form.advance(this);
  }

  filled() {
    return this.input.value.trim() !== "";
  }

  value() {
    if (this.file) return this.file;
    if (this.picked) return this.picked.value;
    const typed = this.input.value.trim();
    const same = this.items?.find((item) => item.label.toLowerCase() === typed.replace(/^[@#]/, "").toLowerCase());
    if (same) return same.value;
    return [4, 10].includes(this.option.type) ? Number(typed) : typed;
  }

  /** What is wrong with this option, or null. */
  fault() {
    const { name, type, required } = this.option;
    if (!this.filled()) return required ? `${name} is required.` : null;
    if (this.items && !this.items.some((item) => item.value === this.value())) return `${name}: choose one from the list.`;
    if (type === 4 && !Number.isInteger(this.value())) return `${name} must be a whole number.`;
    if (type === 10 && !Number.isFinite(this.value())) return `${name} must be a number.`;
    return null;
  }
}
