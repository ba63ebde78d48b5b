// What can be done with a member: who they are, the commands of applications, and what moderators do.

import { hands } from "./api.js";
import { ask } from "./dialogs.js";
import { h } from "./dom.js";
import { runOn } from "./interactions.js";
import { choose } from "./listbox.js";
import { openMenu } from "./menus.js";
import { avatar, coloured, roleItems } from "./people.js";
import { colour, commandsOf, may, person, store } from "./store.js";

const TIMES = [["60", "60 seconds"], ["300", "5 minutes"], ["600", "10 minutes"], ["3600", "1 hour"], ["86400", "1 day"], ["604800", "1 week"], ["2419200", "28 days"]];
const DELETED = [["0", "Nothing"], ["3600", "The last hour"], ["86400", "The last day"], ["604800", "The last 7 days"]];

/** Opens the menu of a member at an element. */
export function openMemberMenu(anchor, id) {
  const member = store.members.get(id);
  const who = person(id);
  const items = [...plain(member, id), ...apps(id), ...(member ? moderation(anchor, member) : [])];
  openMenu(anchor, who.name, items, card(who, member));
}

function card(who, member) {
  const held = (member?.roles ?? []).map((role) => store.roles.get(role)).filter(Boolean);
  held.sort((left, right) => right.position - left.position);
  const chips = held.map((role) => h("li", {}, h("span", { class: "role-dot", style: { background: colour(role.color) ?? "#99aab5" } }), role.name));
  const name = h("div", { class: "words" }, coloured(who, "author"), h("span", { class: "detail" }, words(member)));
  return h("div", { class: "card" }, h("div", { class: "card-top" }, avatar(who.id, who.name, 40), name), chips.length ? h("ul", { class: "role-chips" }, ...chips) : null);
}

function words(member) {
  if (!member) return "not in this server";
  if (isTimedOut(member)) return "timed out";
  return member.nick ? member.name : member.bot ? "application" : "member";
}

function isTimedOut(member) {
  return (member.timeout_until ?? 0) * 1000 > Date.now();
}

function plain(member, id) {
  const message = async () => {
    const channel = await hands.openDm(store.as);
    document.dispatchEvent(new CustomEvent("goto", { detail: { channelId: channel.id } }));
  };
  const leave = () => ask({
    title: `Leave ${store.guild.name}`,
    words: "You can come back from the page that then shows. Roles are lost.",
    submit: "Leave server",
    danger: true,
    act: async () => {
      await hands.leave(store.as, store.guild.id);
      document.dispatchEvent(new CustomEvent("become", { detail: store.as }));
    },
  });
  if (member?.bot) return [{ label: "Write a direct message", icon: "send", act: message }];
  return id === store.as ? [{ label: "Leave server", icon: "close", danger: true, act: leave }] : [];
}

function apps(id) {
  const offered = store.members.has(id) ? commandsOf(2) : [];
  if (!offered.length) return [];
  const run = (command) => runOn(null, () => hands.userCommand({ as: store.as, channel_id: store.channelId, name: command.name, target_id: id }));
  return [{ title: "Apps" }, ...offered.map((one) => ({ label: one.name, icon: "app", act: () => run(one) }))];
}

function moderation(anchor, member) {
  const other = member.id !== store.as;
  const items = [
    (may("MANAGE_NICKNAMES") || !other) && { label: "Change nickname", icon: "pencil", act: () => nickname(member) },
    may("MANAGE_ROLES") && { label: "Roles", icon: "check", act: () => roles(anchor, member) },
    other && may("MODERATE_MEMBERS") && timeout(member),
    other && may("KICK_MEMBERS") && { label: "Kick", icon: "close", danger: true, act: () => kick(member) },
    other && may("BAN_MEMBERS") && { label: "Ban", icon: "warn", danger: true, act: () => ban(member) },
  ].filter(Boolean);
  return items.length ? [{ title: other ? "Moderation" : "You" }, ...items] : [];
}

function about(member, more = {}) {
  return { as: store.as, guild_id: store.guild.id, user_id: member.id, ...more };
}

const reason = { name: "reason", label: "Reason", most: 512 };
const given = (text) => (text ? { reason: text } : {});

function nickname(member) {
  ask({
    title: `Nickname of ${member.name}`,
    submit: "Save",
    fields: [{ name: "nick", label: "Nickname", most: 32, value: member.nick ?? "" }],
    act: ({ nick }) => hands.moderate("nickname", about(member, nick ? { nick } : {})),
  });
}

function roles(anchor, member) {
  const managed = member.roles.filter((role) => store.roles.get(role)?.managed);
  const items = roleItems().filter((item) => !store.roles.get(item.value).managed);
  choose({
    anchor,
    label: `Roles of ${person(member.id).name}`,
    items,
    search: true,
    min: 0,
    max: items.length,
    chosen: member.roles.filter((role) => !managed.includes(role)),
    onDone: (chosen) => hands.moderate("roles", about(member, { roles: [...managed, ...chosen] })).catch(refused),
  });
}

function refused(refusal) {
  document.dispatchEvent(new CustomEvent("refused", { detail: refusal.message }));
}

function timeout(member) {
  if (isTimedOut(member)) {
    return { label: "End the timeout", icon: "clock", act: () => hands.moderate("timeout", about(member, { seconds: 0 })).catch(refused) };
  }
  const open = () => ask({
    title: `Time ${member.name} out`,
    submit: "Time out",
    danger: true,
    fields: [{ name: "seconds", label: "For how long", choices: TIMES }, reason],
    act: (values) => hands.moderate("timeout", about(member, { seconds: Number(values.seconds), ...given(values.reason) })),
  });
  return { label: "Time out", icon: "clock", danger: true, act: open };
}

function kick(member) {
  ask({ title: `Kick ${member.name}`, submit: "Kick", danger: true, fields: [reason], act: (values) => hands.moderate("kick", about(member, given(values.reason))) });
}

function ban(member) {
  ask({
    title: `Ban ${member.name}`,
    submit: "Ban",
    danger: true,
    fields: [{ name: "deleted", label: "Delete their messages", choices: DELETED }, reason],
    act: (values) => hands.moderate("ban", about(member, { delete_message_seconds: Number(values.deleted), ...given(values.reason) })),
  });
}
