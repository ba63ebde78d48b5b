// Runs what a member presses: shows that it is busy, what came of it, and the modal it may open.

import { announce } from "./dom.js";
import { openModal } from "./modal.js";
import { store } from "./store.js";

const busy = new Map();
const failures = new Map();

/** Whether this control of a message waits for its answer. */
export function isBusy(messageId, customId) {
  return busy.get(messageId)?.has(customId) ?? false;
}

/** What went wrong at the last press in this message, if something did. */
export function failureOf(messageId) {
  return failures.get(messageId) ?? null;
}

/** Asks whoever shows a message to draw it again. */
function redraw(messageId) {
  document.dispatchEvent(new CustomEvent("redraw", { detail: messageId }));
}

/** What the member is told when an interaction did not work out; null when it did. */
export function complaint(interaction) {
  if (interaction.state === "unanswered" || interaction.state === "pending") return "The application did not respond";
  return interaction.error ?? null;
}

/** Shows what an interaction brought: its modal, and messages that the stream has not told yet. */
export function settle(interaction) {
  if (interaction.modal) openModal(interaction, settle);
  const messages = [interaction.message, ...(interaction.followups ?? [])].filter(Boolean);
  for (const message of messages) document.dispatchEvent(new CustomEvent("arrived", { detail: message }));
  return complaint(interaction);
}

/** Presses a control of a message; `send` does the request. */
export async function press(messageId, customId, send) {
  if (isBusy(messageId, customId)) return;
  if (!busy.has(messageId)) busy.set(messageId, new Set());
  busy.get(messageId).add(customId);
  failures.delete(messageId);
  redraw(messageId);
  const presser = store.as;
  let problem = null;
  try {
    const interaction = await send();
    problem = presser === store.as ? settle(interaction) : null;
  } catch (refusal) {
    problem = refusal.message;
  }
  busy.get(messageId).delete(customId);
  if (problem && presser === store.as) {
    failures.set(messageId, problem);
    announce(problem);
  }
  redraw(messageId);
}

/** Runs a command of a menu; what goes wrong is told under its message, or over the page where there is none. */
export async function runOn(messageId, send) {
  const presser = store.as;
  let problem = null;
  try {
    problem = settle(await send());
  } catch (refusal) {
    problem = refusal.message;
  }
  if (!problem || presser !== store.as) return;
  if (messageId) failures.set(messageId, problem);
  else document.dispatchEvent(new CustomEvent("refused", { detail: problem }));
  announce(problem);
  if (messageId) redraw(messageId);
}

/** Forgets what only the member before had seen. */
export function forgetFailures() {
  failures.clear();
}
