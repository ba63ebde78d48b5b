// Builds DOM nodes. Text always becomes a text node: nothing that a member or a bot wrote is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  voice: "M4 9v6h4l5 4V5L8 9H4zM17 9a4 4 0 0 1 0 6",
  thread: "M6 4v8a4 4 0 0 0 4 4h9m-4-4 4 4-4 4",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0c0 4 5 4 5-.5A9 9 0 1 0 17 20",
  chevron: "M6 9l6 6 6-6",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  split: "M4 5h16v14H4zM12 5v14",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 3",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
  check: "M5 12.5 10 17 19 7",
  link: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zm10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  reply: "M4 17v-3a5 5 0 0 1 5-5h11m-4-4 4 4-4 4",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  send: "M4 12 20 4l-4 16-4-7zM12 13l8-9",
  warn: "M12 4 2.5 20h19zM12 10v5m0 2.5v.5",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18.5 14.5A6.5 6.5 0 0 1 21.500 20",
  more: "M4.5 12h1M11.5 12h1M18.5 12h1",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20l1-5L16 4l4 4L9 19l-5 1z",
  pin: "M9 4h6l-1 6 3 3H7l3-3-1-6zM12 13v7",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 14a4.5 4.5 0 0 0 8 0M9 9.5v.5M15 9.5v.5",
  app: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM14 14h5v5h-5z",
};

/** Draws one of the page's own line icons; decorative, so hidden from screen readers. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Makes an element: attributes, `on…` listeners, `data` and `style` objects, then children (null is left out). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "data") Object.assign(node.dataset, value);
  else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
  else if (key === "value") node.value = value;
  else node.setAttribute(key, value === true ? "" : value);
}

/** Gives a web address back only when a browser may safely open it. */
export function safeUrl(text) {
  if (!text) return null;
  try {
    const url = new URL(text, location.href);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

let counter = 0;

/** A fresh id for linking labels with their controls. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Tells screen readers something that sighted people see happen. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Waits until calls stop coming for a moment, then runs the last one. */
export function debounced(milliseconds, action) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
}

let pressed = false;
const waiting = new Map();

function released() {
  setTimeout(() => {
    pressed = false;
    const actions = [...waiting.values()];
    waiting.clear();
    for (const action of actions) action();
  });
}

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const kind of ["pointerup", "pointercancel", "blur"]) addEventListener(kind, released);

/** Draws now, or once the pointer is up: a button replaced between press and release would lose the click. */
export function whenReleased(key, action) {
  if (pressed) waiting.set(key, action);
  else action();
}
