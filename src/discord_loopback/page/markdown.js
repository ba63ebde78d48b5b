// Discord's markdown, made into DOM nodes.

import { h, icon, safeUrl } from "./dom.js";
import { colour, person, place, store } from "./store.js";
import { timestamp } from "./times.js";

const FENCE = /```(?:([\w+#-]+)\n)?\n?([\s\S]*?)\n?```\n?/g;
const LIST_LINE = /^( *)(?:([-*])|(\d{1,4})\.) +(.*)$/;

/** A whole text: blocks and what stands in them. */
export function markdown(text) {
  const box = h("div", { class: "markdown" });
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    blocks(box, text.slice(from, match.index).replace(/\n$/, ""));
    box.append(h("pre", { tabindex: "0" }, h("code", {}, match[2])));
    from = match.index + match[0].length;
  }
  blocks(box, text.slice(from));
  return box;
}

/** Text of one line, such as a title. */
export function inlineText(text) {
  return h("span", { class: "inline" }, ...inline(text));
}

function blocks(box, text) {
  if (!text) return;
  const lines = text.split("\n");
  while (lines.length) box.append(block(lines));
}

function block(lines) {
  const [line] = lines;
  if (line.startsWith(">>> ")) return quote([line.slice(4), ...lines.splice(0).slice(1)]);
  if (line.startsWith("> ")) return quote(taken(lines, (one) => one.startsWith("> ")).map((one) => one.slice(2)));
  const heading = /^(#{1,3}) +(.+)$/.exec(line);
  if (heading) return h(`h${heading[1].length + 2}`, { class: `h${heading[1].length}` }, ...inline(lines.shift() && heading[2]));
  if (line.startsWith("-# ")) return h("p", { class: "subtext" }, ...inline(lines.shift().slice(3)));
  if (LIST_LINE.test(line)) return lists(taken(lines, (one) => LIST_LINE.test(one)).map((one) => LIST_LINE.exec(one)));
  const first = lines.shift();
  return h("p", {}, ...inline([first, ...taken(lines, isPlain)].join("\n")));
}

function isPlain(line) {
  return !(/^(>>> |> |#{1,3} +\S|-# )/.test(line) || LIST_LINE.test(line));
}

function taken(lines, fits) {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function quote(lines) {
  const box = h("blockquote", {});
  blocks(box, lines.join("\n"));
  return box;
}

function lists(items) {
  const box = document.createDocumentFragment();
  while (items.length) box.append(list(items));
  return box;
}

function list(items) {
  const depth = items[0][1].length;
  const ordered = items[0][3] !== undefined;
  const box = h(ordered ? "ol" : "ul", ordered ? { start: items[0][3] } : {});
  while (items.length && items[0][1].length >= depth) {
    if (items[0][1].length > depth) box.lastChild.append(list(items));
    else if ((items[0][3] !== undefined) !== ordered) break;
    else box.append(h("li", {}, ...inline(items.shift()[4])));
  }
  return box;
}

/** A mention that leads to a channel; the page listens for `goto` events. */
function channelMention(id) {
  const channel = place(id);
  if (!channel) return h("span", { class: "mention" }, icon("hash", 14), "unknown");
  const mark = icon([10, 11, 12].includes(channel.type) ? "thread" : "hash", 14);
  return h("button", { class: "mention", type: "button", onclick: (event) => go(event.target, id) }, mark, channel.name);
}

function go(node, channelId, messageId = null, guildId = null) {
  node.dispatchEvent(new CustomEvent("goto", { bubbles: true, detail: { channelId, messageId, guildId } }));
}

function userMention(id) {
  const who = person(id);
  return h("span", { class: id === store.as ? "mention me" : "mention" }, `@${who.name}`);
}

function roleMention(id) {
  const role = store.roles.get(id);
  const tint = colour(role?.color);
  const mine = store.me?.roles.includes(id) ? " me" : "";
  return h("span", { class: `mention role${mine}`, style: tint ? { "--tint": tint } : {} }, `@${role?.name ?? "unknown-role"}`);
}

/** A link; one to a channel or message of a server that is here stays on the page. */
export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...children);
  const inside = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/([^/]+)\/(\d+)(?:\/(\d+))?$/.exec(href);
  const [, guildId, channelId, messageId = null] = inside ?? [];
  const elsewhere = store.guilds.some((one) => one.id === guildId && one.id !== store.guild?.id);
  if (!elsewhere && !place(channelId)) return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
  const follow = (event) => {
    event.preventDefault();
    go(event.currentTarget, channelId, messageId, elsewhere ? guildId : null);
  };
  return h("a", { href, onclick: follow }, ...children);
}

function spoiler(text) {
  const box = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false" });
  box.setAttribute("aria-label", "Spoiler, press to show");
  box.append(h("span", { class: "spoiler-text" }, ...inline(text)));
  const show = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    box.classList.add("shown");
    box.setAttribute("aria-expanded", "true");
    box.removeAttribute("aria-label");
  };
  box.addEventListener("click", show);
  box.addEventListener("keydown", show);
  return box;
}

/** A custom emoji as its picture, or its name where there is no picture. */
function customEmoji(name, id) {
  const picture = h("img", { class: "emoji", alt: `:${name}:`, title: `:${name}:`, src: `/cdn/emojis/${id}.webp` });
  picture.addEventListener("error", () => picture.replaceWith(h("span", { class: "emoji-name" }, `:${name}:`)));
  return picture;
}

/** An emoji of a button or choice. */
export function emoji(data) {
  if (!data) return null;
  return data.id ? customEmoji(data.name ?? "emoji", data.id) : h("span", { class: "emoji", "aria-hidden": "true" }, data.name);
}

const within = (tag, className = null) => (match) => h(tag, { class: className }, ...inline(match[1]));

const RULES = [
  [/\\([^\p{L}\p{N}\s])/uy, (match) => match[1]],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (match) => h("code", {}, match[2].trim() || match[2])],
  [/<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y, (match) => timestamp(Number(match[1]), match[2])],
  [/<@!?(\d+)>/y, (match) => userMention(match[1])],
  [/<@&(\d+)>/y, (match) => roleMention(match[1])],
  [/<#(\d+)>/y, (match) => channelMention(match[1])],
  [/<\/([^:>]+):\d+>/y, (match) => h("span", { class: "mention" }, `/${match[1]}`)],
  [/<a?:(\w+):(\d+)>/y, (match) => customEmoji(match[1], match[2])],
  [/<(https?:\/\/[^\s>]+)>/y, (match) => link(match[1], match[1])],
  [/\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: +"[^"]*")?\)/y, (match) => link(match[2], ...inline(match[1]))],
  [/https?:\/\/[^\s<>|*`]*[^\s<>|*`.,:;"'!?)\]]/y, (match) => link(match[0], match[0])],
  [/\|\|([\s\S]+?)\|\|/y, (match) => spoiler(match[1])],
  [/\*\*([\s\S]+?)\*\*(?!\*)/y, within("strong")],
  [/__([\s\S]+?)__(?!_)/y, within("u")],
  [/~~([\s\S]+?)~~/y, within("s")],
  [/\*(?=\S)((?:\*\*|\\.|[^*\\])+?)\*(?!\*)/y, within("em")],
  [/(?<!\w)_((?:__|\\.|[^_\\])+?)_(?!\w)/y, within("em")],
  [/@(?:everyone|here)\b/y, (match) => h("span", { class: "mention me" }, match[0])],
];
const SPECIAL = /[\\`<[h|*_~@]/;

function inline(text) {
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = SPECIAL.test(text[at]) ? firstRule(text, at) : null;
    if (found) {
      if (plain) out.push(plain);
      plain = "";
      out.push(found.node);
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) out.push(plain);
  return out;
}

function firstRule(text, at) {
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { node: make(match), length: match[0].length };
  }
  return null;
}
