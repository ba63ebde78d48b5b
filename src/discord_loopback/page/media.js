// Embeds, attachments and the pictures in them.

import { h, icon, safeUrl } from "./dom.js";
import { inlineText, link, markdown } from "./markdown.js";
import { colour } from "./store.js";
import { messageTime } from "./times.js";

/** Where a picture really is: `attachment://name` means a file of the same message. */
export function resolved(url, message) {
  const name = /^attachment:\/\/(.+)$/.exec(url ?? "")?.[1];
  return safeUrl(name ? (message.attachments ?? []).find((one) => one.filename === name)?.url ?? "" : url ?? "");
}

/** A picture that opens in full in a new tab; covered while it is a spoiler. */
export function picture(url, description, { className = "picture", spoiler = false } = {}) {
  if (!url) return h("span", { class: "missing" }, icon("file"), "A picture that cannot be shown");
  const image = h("img", { src: url, alt: description || "Picture without description", loading: "lazy" });
  const frame = h("a", { class: className, href: url, target: "_blank", rel: "noopener noreferrer" }, image);
  return spoiler ? covered(frame) : frame;
}

/** Puts a cover over something that the author marked as a spoiler. */
export function covered(node) {
  const box = h("div", { class: "covered" }, node);
  const lift = h("button", { type: "button", class: "cover", "aria-label": "Spoiler, press to show" }, icon("eye"), "Spoiler");
  node.inert = true;
  lift.addEventListener("click", () => {
    lift.remove();
    node.inert = false;
    box.classList.add("shown");
  });
  box.append(lift);
  return box;
}

/** A file to fetch: its name and size. */
export function fileCard(name, size, url) {
  const href = safeUrl(url ?? "");
  const words = h("span", { class: "words" }, href ? h("a", { href, download: name }, name) : name);
  if (Number.isFinite(size)) words.append(h("span", { class: "detail" }, readable(size)));
  return h("div", { class: "file" }, icon("file", 28), words);
}

function readable(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

/** The files under a message. */
export function attachments(message) {
  const shown = (message.attachments ?? []).map((file) => {
    const image = /^image\//.test(file.content_type ?? "") || /\.(png|jpe?g|gif|webp)$/i.test(file.filename);
    if (!image) return fileCard(file.filename, file.size, file.url);
    return picture(safeUrl(file.url), file.description || file.filename, { spoiler: file.filename.startsWith("SPOILER_") });
  });
  return shown.length ? h("div", { class: "attachments" }, ...shown) : null;
}

/** One embed, laid out as Discord does. */
export function embed(data, message) {
  const text = h("div", { class: "embed-text" });
  if (data.author) text.append(byline(data.author, message));
  if (data.title) text.append(h("div", { class: "embed-title" }, data.url ? link(data.url, inlineText(data.title)) : inlineText(data.title)));
  if (data.description) text.append(markdown(data.description));
  if (data.fields?.length) text.append(fields(data.fields));
  const box = h("article", { class: "embed", style: { "--accent": colour(data.color) ?? "#4e5058" } }, text);
  if (data.thumbnail) box.append(picture(resolved(data.thumbnail.url, message), "", { className: "thumbnail" }));
  if (data.image) box.append(picture(resolved(data.image.url, message), "", { className: "picture wide" }));
  if (data.footer || data.timestamp) box.append(footer(data, message));
  return box;
}

function small(url, message) {
  const src = resolved(url, message);
  return src ? h("img", { class: "small-icon", src, alt: "" }) : null;
}

function byline(author, message) {
  return h("div", { class: "embed-author" }, small(author.icon_url, message), author.url ? link(author.url, author.name) : author.name);
}

function fields(list) {
  const one = (field) => [h("h4", {}, inlineText(field.name)), markdown(field.value)];
  return h("div", { class: "fields" }, ...list.map((field) => h("div", { class: field.inline ? "field beside" : "field" }, ...one(field))));
}

function footer(data, message) {
  const time = data.timestamp ? messageTime(data.timestamp) : null;
  const dot = data.footer && time ? " · " : null;
  return h("footer", {}, small(data.footer?.icon_url, message), h("span", {}, data.footer?.text ?? "", dot, time));
}
