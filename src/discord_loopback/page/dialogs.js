// Dialogs over the page: the shell that modals share, and small questions of the page's own.

import { freshId, h, icon } from "./dom.js";

/**
 * Opens a dialog with a form in it. `send(form)` returns what went wrong, or nothing; then the dialog closes.
 * What `send` throws is shown like what it returns.
 */
export function openDialog({ title, body, submit, danger = false, send }) {
  const heading = freshId("dialog");
  const dialog = h("dialog", { class: "modal", "aria-labelledby": heading });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const button = h("button", { class: `button ${danger ? "danger" : "primary"}`, type: "submit" }, submit);
  const close = h("button", { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"));
  const cancel = h("button", { class: "button ghost", type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = h(
    "form",
    { novalidate: true },
    h("header", {}, h("h2", { id: heading }, title), close),
    h("div", { class: "fields-of-modal" }, ...body, problem),
    h("footer", {}, cancel, button),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt({ dialog, form, problem, button, send });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) document.getElementById("composer-text")?.focus();
  });
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  (form.querySelector(".fields-of-modal :is(input, textarea, select, .select)") ?? button).focus();
}

async function attempt({ dialog, form, problem, button, send }) {
  problem.hidden = true;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    problem.textContent = (await send(form)) ?? "";
    if (!problem.textContent) return void dialog.close();
  } catch (refusal) {
    problem.textContent = refusal.message;
  }
  problem.hidden = problem.textContent === INVALID;
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

/** What `send` returns where the fields themselves say what is wrong. */
export const INVALID = "invalid";

/** Asks for some values, `{name, label, value?, most?, choices?, required?}` each; `act` is told them by name. */
export function ask({ title, words = null, fields = [], submit, danger = false, act }) {
  const made = fields.map(field);
  const body = [words ? h("p", {}, words) : null, ...made.map((one) => one.node)].filter(Boolean);
  const send = async () => {
    const missing = made.find((one) => one.required && !one.input.value.trim());
    if (missing) return `${missing.label} is required.`;
    await act(Object.fromEntries(made.map((one) => [one.name, one.input.value.trim()])));
    return null;
  };
  openDialog({ title, body, submit, danger, send });
}

function field({ name, label, value = "", most = 100, choices = null, required = false }) {
  const id = freshId("field");
  const text = () => h("input", { id, type: "text", maxlength: most, autocomplete: "off", value });
  const list = () => h("select", { id }, ...choices.map(([each, words]) => h("option", { value: each }, words)));
  const input = choices ? list() : text();
  const star = required ? h("span", { class: "required" }, "* required") : null;
  return { name, label, required, input, node: h("div", { class: "modal-field" }, h("label", { for: id }, label, " ", star), h("div", { class: "counted" }, input)) };
}
