// Components of messages, first and second generation.

import { hands } from "./api.js";
import { h, icon } from "./dom.js";
import { isBusy, press } from "./interactions.js";
import { emoji, link, markdown } from "./markdown.js";
import { covered, fileCard, picture, resolved } from "./media.js";
import { selectMenu } from "./selects.js";
import { colour, store } from "./store.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

const MAKERS = {
  1: (row, message) => h("div", { class: "row" }, ...components(row.components, message)),
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: section,
  10: (text) => markdown(text.content),
  11: (thumbnail, message) => media(thumbnail, message, "thumbnail"),
  12: gallery,
  13: file,
  14: (line) => h("div", { class: `separator${line.divider === false ? "" : " line"}${line.spacing === 2 ? " large" : ""}`, role: "separator" }),
  17: container,
};

/** Draws a list of components; kinds that the page does not know are named instead of dropped. */
export function components(list, message) {
  return (list ?? []).map((one) => {
    const make = MAKERS[one.type];
    return make ? make(one, message) : h("p", { class: "subtext" }, `Component of type ${one.type}, which this page cannot show`);
  });
}

function button(data, message) {
  const words = [emoji(data.emoji), data.label ? h("span", { class: "text" }, data.label) : null];
  if (data.style === 5 && !data.disabled) {
    const anchor = link(data.url, ...words, icon("link", 16));
    anchor.classList.add("button", "link");
    return anchor;
  }
  const busy = isBusy(message.id, data.custom_id);
  const node = h("button", { type: "button", class: `button ${BUTTON_STYLES[data.style] ?? "secondary"}`, data: { cid: data.custom_id ?? "" } });
  node.disabled = Boolean(data.disabled);
  if (!data.label) node.setAttribute("aria-label", data.emoji?.name ?? "Button");
  node.append(...words.filter(Boolean));
  if (busy) {
    node.setAttribute("aria-busy", "true");
    node.append(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
  }
  node.addEventListener("click", () => {
    press(message.id, data.custom_id, () => hands.click({ as: store.as, message_id: message.id, custom_id: data.custom_id }));
  });
  return node;
}

function select(data, message) {
  const busy = isBusy(message.id, data.custom_id);
  return selectMenu(data, {
    busy,
    onDone: (values) => {
      const body = { as: store.as, message_id: message.id, custom_id: data.custom_id, values };
      press(message.id, data.custom_id, () => hands.select(body));
    },
  });
}

function section(data, message) {
  const texts = h("div", { class: "section-text" }, ...components(data.components, message));
  return h("div", { class: "section" }, texts, ...components(data.accessory ? [data.accessory] : [], message));
}

function media(item, message, className) {
  return picture(resolved(item.media?.url, message), item.description, { className, spoiler: Boolean(item.spoiler) });
}

function gallery(data, message) {
  const items = data.items ?? [];
  return h("div", { class: `gallery of-${Math.min(items.length, 4)}` }, ...items.map((item) => media(item, message, "tile")));
}

function file(data, message) {
  const url = resolved(data.file?.url, message);
  const card = fileCard(data.name ?? data.file?.url?.split("/").pop() ?? "file", data.size, url);
  return data.spoiler ? covered(card) : card;
}

function container(data, message) {
  const tint = colour(data.accent_color);
  const inner = components(data.components, message);
  const box = h("div", { class: tint ? "container tinted" : "container", style: tint ? { "--accent": tint } : {} }, ...inner);
  return data.spoiler ? covered(box) : box;
}
