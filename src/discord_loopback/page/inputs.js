// The rarer inputs of modals: boxes to tick, and files.

import { h } from "./dom.js";

/** One of several (type 21) or any of several (type 22). */
export function boxes(data, id, values) {
  const single = data.type === 21;
  const group = h("div", { id, class: "boxes", role: single ? "radiogroup" : "group" });
  for (const option of data.options ?? []) {
    const box = h("input", { type: single ? "radio" : "checkbox", name: id, value: option.value });
    box.checked = Boolean(option.default);
    const detail = option.description ? h("span", { class: "detail" }, option.description) : null;
    group.append(h("label", {}, box, h("span", {}, option.label, detail)));
  }
  const changed = () => {
    const chosen = [...group.querySelectorAll("input:checked")].map((box) => box.value);
    values.set(data.custom_id, single ? chosen[0] ?? null : chosen);
  };
  group.addEventListener("change", changed);
  changed();
  return group;
}

/** A single box: yes or no. */
export function singleBox(data, id, values) {
  const box = h("input", { id, type: "checkbox" });
  box.checked = Boolean(data.default);
  const changed = () => values.set(data.custom_id, box.checked);
  box.addEventListener("change", changed);
  changed();
  return box;
}

/** Files, which the control API takes as base64. */
export function fileInput(data, id, values) {
  const input = h("input", { id, type: "file", class: "file-input", multiple: (data.max_values ?? 1) > 1 });
  values.set(data.custom_id, []);
  input.addEventListener("change", async () => values.set(data.custom_id, await Promise.all([...input.files].map(encoded))));
  return input;
}

/** A file as the control API takes it. */
export function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const base64 = reader.result.slice(reader.result.indexOf(",") + 1);
      resolve({ filename: file.name, content_type: file.type || "application/octet-stream", base64 });
    });
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
