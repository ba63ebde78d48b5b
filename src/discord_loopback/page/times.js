// The loopback's clock and the ways Discord shows a time.

import { h } from "./dom.js";

let ahead = 0;

/** Learns the loopback's time; its clock may run ahead of the browser's. */
export function learnNow(value) {
  const seconds = typeof value === "number" ? value : Number(value) || Date.parse(value) / 1000;
  if (Number.isFinite(seconds)) ahead = seconds - Date.now() / 1000;
}

/** The loopback's time in seconds since 1970. */
export function now() {
  return Date.now() / 1000 + ahead;
}

const DAY = { day: "2-digit", month: "2-digit", year: "numeric" };
const LONG_DAY = { day: "numeric", month: "long", year: "numeric" };
const MINUTE = { hour: "2-digit", minute: "2-digit" };
const STYLES = {
  t: MINUTE,
  T: { ...MINUTE, second: "2-digit" },
  d: DAY,
  D: LONG_DAY,
  f: { ...LONG_DAY, ...MINUTE },
  F: { weekday: "long", ...LONG_DAY, ...MINUTE },
  s: { ...DAY, ...MINUTE },
  S: { ...DAY, ...MINUTE, second: "2-digit" },
};
const STEPS = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [30 * 86400, 86400, "day"],
  [365 * 86400, 30 * 86400, "month"],
  [Infinity, 365 * 86400, "year"],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function relative(unix) {
  const distance = unix - now();
  const size = Math.abs(distance);
  const [, unit, name] = STEPS.find(([limit]) => size < limit);
  return words.format(Math.round(distance / unit), name);
}

/** Writes a time in one of Discord's styles. */
export function written(unix, style = "f") {
  if (style === "R") return relative(unix);
  return new Intl.DateTimeFormat("en-GB", STYLES[style] ?? STYLES.f).format(new Date(unix * 1000));
}

/** A `<t:…>` of a message; relative ones are kept up to date by `tick`. */
export function timestamp(unix, style) {
  const attributes = { class: "timestamp", title: written(unix, "F"), datetime: new Date(unix * 1000).toISOString() };
  return h("time", { ...attributes, data: { unix, style: style ?? "f" } }, written(unix, style));
}

/** When a message was written: today's by the hour, older ones with their date. */
export function messageTime(iso) {
  const unix = Date.parse(iso) / 1000;
  const days = Math.floor((startOfDay(now()) - startOfDay(unix)) / 86400 + 0.5);
  const day = days === 0 ? "" : days === 1 ? "Yesterday " : `${written(unix, "d")} `;
  return h("time", { datetime: iso, title: written(unix, "F") }, `${day}${written(unix, "t")}`);
}

function startOfDay(unix) {
  return new Date(unix * 1000).setHours(0, 0, 0, 0) / 1000;
}

/** Brings every relative time on the page up to date. */
export function tick() {
  for (const node of document.querySelectorAll('time[data-style="R"]')) {
    const text = relative(Number(node.dataset.unix));
    if (node.textContent !== text) node.textContent = text;
  }
}
