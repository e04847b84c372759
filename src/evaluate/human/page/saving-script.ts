/**
 * Part of the rating page's script: what is asked of the server, and decisions that are kept until it has them.
 * @module
 */

/** Source of this part. */
export const savingScript = `
// Decisions that the server does not have yet, oldest first. They survive a reload and a closed browser.
const store = 'attune-rating ' + location.pathname;
const remember = (name, value) => { try { localStorage.setItem(store + name, JSON.stringify(value)); } catch {} };
const recall = (name) => { try { return JSON.parse(localStorage.getItem(store + name)); } catch { return null; } };
const waiting = recall('waiting') || [];
let sending = false;
let pause = 0;
let refused = '';

const ask = async (path, options) => {
  const response = await fetch(path, { cache: 'no-store', ...options });
  if (response.ok) return response.json();
  const refusal = new Error(response.status === 400 ? (await response.json()).message : response.statusText);
  refusal.status = response.status;
  throw refusal;
};

const showSaving = () => {
  const text = waiting.length === 0 || pause === 0 ? refused : waiting.length + ' not saved yet, trying again';
  if ($('saved').textContent !== text) $('saved').textContent = text;
};

// Sends one after the other. What fails stays and is tried again; only what the server calls no decision is given up.
const send = async () => {
  if (sending) return;
  sending = true;
  while (waiting.length > 0) {
    const { index, body } = waiting[0];
    try {
      await ask('decisions/' + index, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      pause = 0;
      refused = '';
    } catch (error) {
      if (error.status === 403) { sending = false; return stop('This link no longer works', 'Your decisions are kept in this browser. Ask for a new link, or open this one again later.'); }
      if (error.status !== 400) {
        pause = Math.min(pause * 2 || 1, 30);
        showSaving();
        setTimeout(send, pause * 1000);
        sending = false;
        return;
      }
      decided.delete(index);
      items.delete(index);
      refused = 'Not kept: ' + error.message;
    }
    waiting.shift();
    remember('waiting', waiting);
    showSaving();
  }
  sending = false;
};

const keep = (index, body) => {
  waiting.push({ index, body });
  remember('waiting', waiting);
  send();
};

// Items, fetched once; the next ones are fetched before they are wanted.
const items = new Map();
const item = (index) => {
  if (!items.has(index)) {
    const loading = ask('decisions/' + index);
    items.set(index, loading);
    loading.catch(() => items.delete(index));
  }
  return items.get(index);
};
addEventListener('online', send);
`;
