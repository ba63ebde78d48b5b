// The bar on top: who one is, a second pane as somebody else, and the clock.

import { hands } from "./api.js";
import { h, icon } from "./dom.js";
import { choose, show } from "./listbox.js";
import { inPane, paneButton } from "./panes.js";
import { avatar, coloured, memberItems } from "./people.js";
import { person, store } from "./store.js";
import { learnNow, now, written } from "./times.js";

const topbar = document.getElementById("topbar");

/** Draws the bar; `onSwitch` is told the member to become, `onMenu` that the channels are wanted. */
export function drawTopbar({ onSwitch, onMenu }) {
  const menu = h("button", { id: "menu", class: "icon-button", type: "button", "aria-label": "Channels", "aria-expanded": "false", onclick: onMenu }, icon("menu"));
  const brand = inPane ? null : h("span", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "", width: 22, height: 22 }), h("span", {}, "Discord on loopback"));
  topbar.replaceChildren(...[menu, brand, switcher(onSwitch), status(), inPane ? null : clockButton(), paneButton()].filter(Boolean));
  showTime();
}

function switcher(onSwitch) {
  const who = person(store.as);
  const button = h("button", { id: "switcher", type: "button", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": `You are ${who.name}. Change member` });
  button.append(avatar(who.id, who.name, 24), h("span", { class: "as" }, "as"), coloured(who, "author"), icon("chevron", 16));
  button.addEventListener("click", () => {
    const items = memberItems({ bots: false });
    choose({ anchor: button, label: "Member to be", items, search: true, chosen: [store.as], onDone: ([id]) => onSwitch(id) });
  });
  return button;
}

function status() {
  return h("span", { id: "connection", role: "status" });
}

/** Says in the bar that the connection is lost, or nothing. */
export function showConnection(text) {
  const node = document.getElementById("connection");
  if (node && node.textContent !== text) node.textContent = text;
}

function clockButton() {
  const button = h("button", { id: "clock", class: "bar-button", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" });
  button.append(icon("clock", 18), h("span", { id: "shown-time" }));
  button.addEventListener("click", () => {
    const box = h("div", { class: "popover clock", popover: "auto", role: "dialog", "aria-label": "Clock" });
    const note = h("p", { class: "subtext", role: "status" }, "Moves the clock of the loopback and of the bot forward.");
    const steps = [["+1 min", 60], ["+10 min", 600], ["+1 h", 3600]];
    const buttons = steps.map(([label, seconds]) => h("button", { class: "button secondary", type: "button", onclick: () => shift(seconds, note) }, label));
    box.append(h("p", { class: "big-time" }), note, h("div", { class: "row" }, ...buttons));
    show(box, button);
    showTime();
    buttons[0].focus();
  });
  return button;
}

async function shift(seconds, note) {
  try {
    await hands.shiftClock(seconds);
    learnNow((await hands.state()).now);
    showTime();
    note.textContent = `Now it is ${written(now(), "f")}.`;
  } catch (refusal) {
    note.textContent = refusal.message;
  }
}

/** Brings the time in the bar and in the clock's menu up to date. */
export function showTime() {
  const time = written(now(), "t");
  const shown = document.getElementById("shown-time");
  if (shown && shown.textContent !== time) {
    shown.textContent = time;
    shown.parentElement.setAttribute("aria-label", `Clock, ${time}`);
  }
  const big = document.querySelector(".big-time");
  if (big) big.textContent = written(now(), "T");
}
