// Further panes: the same server, looked at as other members, side by side.

import { h, icon } from "./dom.js";
import { memberItems } from "./people.js";
import { store } from "./store.js";

const MOST = 3;
const NARROWEST = 400;
const panes = document.getElementById("panes");

/** Whether this page is a pane inside another one. */
export const inPane = new URLSearchParams(location.search).has("pane");

const most = () => Math.min(MOST, Math.floor(innerWidth / NARROWEST) - 1);
const others = () => [...panes.querySelectorAll("iframe")];

/** The button in the bar: it opens a pane, or closes the one it stands in. */
export function paneButton() {
  if (inPane) {
    const close = () => parent.document.dispatchEvent(new parent.CustomEvent("close-pane", { detail: frameElement }));
    return h("button", { class: "icon-button", type: "button", "aria-label": "Close this pane", title: "Close this pane", onclick: close }, icon("close"));
  }
  const words = "Add a pane as another member";
  const button = h("button", { id: "split", class: "bar-button", type: "button", title: words, "aria-label": words, onclick: open }, icon("split", 18), h("span", {}, "Add pane"));
  button.disabled = others().length >= most();
  return button;
}

function open() {
  const shown = new Set([store.as, ...others().map((one) => new URLSearchParams(one.contentWindow.location.search).get("as"))]);
  const other = memberItems({ bots: false }).find((item) => !shown.has(item.value));
  const query = new URLSearchParams({ as: other?.value ?? store.as, guild: store.guild.id, channel: store.channelId, pane: String(others().length + 2) });
  panes.append(h("iframe", { class: "other", src: `/?${query}`, title: `Pane ${others().length + 2}: the same server as another member` }));
  changed();
}

function changed() {
  document.body.classList.toggle("split", others().length > 0);
  document.getElementById("split")?.replaceWith(paneButton());
}

document.addEventListener("close-pane", (event) => {
  event.detail.remove();
  changed();
  document.getElementById("split")?.focus();
});
