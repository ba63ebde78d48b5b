// Faces and names, and the lists of members, roles and channels to choose from.

import { h, icon } from "./dom.js";
import { colour, person, store } from "./store.js";

const HUES = ["#5865f2", "#23856b", "#9b6a00", "#b63f73", "#a5463f", "#3f7fa8", "#6f5bb8", "#58753a"];

/** The round picture of a member: the first letter on a colour of their own. */
export function avatar(id, name, size = 40) {
  const hue = HUES[Number(BigInt(/^\d+$/.test(id) ? id : "0") % BigInt(HUES.length))];
  const style = { "--size": `${size}px`, "--hue": hue };
  return h("span", { class: "avatar", style, "aria-hidden": "true" }, (name.match(/[\p{L}\p{N}]/u)?.[0] ?? "?").toUpperCase());
}

/** A name in the colour of its highest coloured role, lightened until it can be read on the dark ground. */
export function coloured(who, className) {
  return h("span", { class: className, style: who.colour ? { color: legible(who.colour) } : {} }, who.name);
}

const GROUND = 0.025;
const CONTRAST = 4.5;

function legible(css) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16));
  for (let white = 0; white < 1; white += 0.08) {
    const mixed = parts.map((part) => part + (255 - part) * white);
    if ((luminance(mixed) + 0.05) / (GROUND + 0.05) >= CONTRAST) return `rgb(${mixed.map(Math.round).join(" ")})`;
  }
  return "#fff";
}

/** The relative luminance as WCAG defines it. */
function luminance(parts) {
  const linear = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

/** The highest role of a member, to tell namesakes and ranks apart. */
export function topRole(id) {
  const held = (store.members.get(id)?.roles ?? []).map((role) => store.roles.get(role)).filter(Boolean);
  held.sort((left, right) => right.position - left.position);
  return held[0]?.name ?? "";
}

/** Members as choices of a list; `bots` too where a bot can be meant. */
export function memberItems({ bots = true } = {}) {
  const members = [...(store.members.size ? store.members : store.users).values()].filter((one) => bots || !one.bot);
  const items = members.map((member) => {
    const who = person(member.id);
    const detail = [who.name === member.name ? "" : member.name, topRole(member.id)].filter(Boolean).join(" · ");
    return { value: member.id, label: who.name, detail, mark: () => avatar(member.id, who.name, 24) };
  });
  return items.sort((left, right) => left.label.localeCompare(right.label));
}

/** Roles as choices of a list, highest first. */
export function roleItems() {
  const roles = [...store.roles.values()].filter((role) => role.id !== store.guild.id);
  roles.sort((left, right) => right.position - left.position);
  const dot = (role) => () => h("span", { class: "role-dot", style: { background: colour(role.color) ?? "#99aab5" } });
  return roles.map((role) => ({ value: role.id, label: role.name, detail: "role", mark: dot(role) }));
}

/** Channels as choices of a list; `types` narrows them as Discord's `channel_types` does. */
export function channelItems(types = null) {
  const channels = [...store.channels.values()].filter((one) => (types?.length ? types.includes(one.type) : one.type !== 4));
  channels.sort((left, right) => left.position - right.position);
  return channels.map((one) => ({
    value: one.id,
    label: one.name,
    detail: store.channels.get(one.parent_id)?.name ?? "",
    mark: () => icon(one.type === 2 ? "voice" : [10, 11, 12].includes(one.type) ? "thread" : "hash", 18),
  }));
}
