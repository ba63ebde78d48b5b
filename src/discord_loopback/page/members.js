// The list of members beside the chat, under the roles that stand out.

import { h, whenReleased } from "./dom.js";
import { openMemberMenu } from "./memberMenu.js";
import { avatar, coloured } from "./people.js";
import { person, store } from "./store.js";

const panel = document.getElementById("members");
const MOST_SHOWN = 300;

/** Draws the list again if it is open. */
export function drawMembers() {
  if (!panel.hidden) whenReleased("members", draw);
}

/** Opens or closes the list; returns whether it is open now. */
export function toggleMembers(open = panel.hidden) {
  panel.hidden = !open;
  if (open) draw();
  return open;
}

function draw() {
  const held = panel.contains(document.activeElement) ? document.activeElement.dataset.member : null;
  const scrolled = panel.scrollTop;
  const groups = grouped();
  panel.replaceChildren(...groups.map(([name, members]) => group(name, members)));
  panel.scrollTop = scrolled;
  if (held) panel.querySelector(`[data-member="${held}"]`)?.focus();
}

function group(name, members) {
  const shown = members.slice(0, MOST_SHOWN).map(entry);
  const rest = members.length > MOST_SHOWN ? h("p", { class: "detail" }, `and ${members.length - MOST_SHOWN} more`) : null;
  return h("section", {}, h("h2", {}, `${name} — ${members.length}`), h("ul", {}, ...shown), rest);
}

/** Members under the highest of their roles that stands out, and everyone else. */
function grouped() {
  const hoisted = [...store.roles.values()].filter((role) => role.hoist).sort((left, right) => right.position - left.position);
  const groups = new Map([...hoisted.map((role) => [role.name, []]), ["Members", []], ["Applications", []]]);
  for (const member of store.members.values()) {
    const role = hoisted.find((one) => member.roles.includes(one.id));
    groups.get(member.bot ? "Applications" : role?.name ?? "Members").push(member);
  }
  const byName = (left, right) => person(left.id).name.localeCompare(person(right.id).name);
  return [...groups].filter(([, members]) => members.length).map(([name, members]) => [name, members.sort(byName)]);
}

function entry(member) {
  const who = person(member.id);
  const out = (member.timeout_until ?? 0) * 1000 > Date.now();
  const open = (event) => openMemberMenu(event.currentTarget, member.id);
  const attributes = { type: "button", class: "member", "aria-haspopup": "menu", data: { member: member.id }, onclick: open };
  return h("li", {}, h("button", attributes, avatar(who.id, who.name, 32), coloured(who, "name"), out ? h("span", { class: "detail" }, "timed out") : null));
}
