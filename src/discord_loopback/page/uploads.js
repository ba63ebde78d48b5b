// Files that go with a message: chosen, pasted or dropped.

import { h, icon } from "./dom.js";
import { encoded } from "./inputs.js";

const MOST = 10;

/** The files under the composer; `onChange` hears when there are others. */
export class Uploads {
  constructor(onChange) {
    this.onChange = onChange;
    this.files = [];
    this.node = h("ul", { class: "uploads", "aria-label": "Files to send", hidden: true });
    this.input = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-label": "Files" });
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    this.button = h("button", { type: "button", class: "icon-button", "aria-label": "Add files", title: "Add files", onclick: () => this.input.click() }, icon("plus", 22));
  }

  /** Takes files from the clipboard or from a drop; true where there were some. */
  take(transfer) {
    const files = [...(transfer?.files ?? [])];
    this.add(files);
    return files.length > 0;
  }

  add(files) {
    this.files = [...this.files, ...files].slice(0, MOST);
    this.draw();
  }

  clear() {
    this.files = [];
    this.draw();
  }

  draw() {
    this.node.hidden = !this.files.length;
    this.node.replaceChildren(...this.files.map((file) => this.chip(file)));
    this.onChange();
  }

  chip(file) {
    const drop = () => {
      this.files = this.files.filter((one) => one !== file);
      this.draw();
    };
    const picture = file.type.startsWith("image/") ? this.preview(file) : icon("file", 22);
    const close = h("button", { type: "button", class: "drop-option", "aria-label": `Remove ${file.name}`, onclick: drop }, icon("close", 14));
    return h("li", {}, picture, h("span", { class: "name" }, file.name), close);
  }

  preview(file) {
    const url = URL.createObjectURL(file);
    const image = h("img", { src: url, alt: "" });
    image.addEventListener("load", () => URL.revokeObjectURL(url));
    return image;
  }

  /** The files as the control API takes them. */
  encoded() {
    return Promise.all(this.files.map(encoded));
  }
}
