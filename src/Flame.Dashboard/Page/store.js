// What the page knows, and the one connection that brings it.

const KeptSeconds = 600;

export const store = {
  process: null, running: [], failed: [], recent: [], history: new Map(), curves: new Map(), allowActions: false, showArguments: false, isLive: false,
};

const listeners = new Set();

export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  for (const listener of listeners) listener();
}

export function callOf(id) {
  return store.running.find(call => call.id === id) ?? store.failed.find(call => call.id === id) ?? store.recent.find(call => call.id === id);
}

export function listen() {
  const source = new EventSource('live');
  source.addEventListener('whole', message => take(JSON.parse(message.data), true));
  source.addEventListener('tick', message => take(JSON.parse(message.data), false));
  source.addEventListener('open', () => { store.isLive = true; changed(); });
  source.addEventListener('error', () => {
    store.isLive = false;
    changed();
    // A refusal ends it for good; a parent that is gone may come back.
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(listen, 2000);
  });
}

function take(moment, isWhole) {
  store.isLive = true;
  for (const name of ['process', 'running', 'failed', 'recent', 'allowActions', 'showArguments']) store[name] = moment[name];
  if (isWhole) {
    store.history = new Map(Object.entries(moment.history ?? {}));
    store.curves = new Map();
  }
  for (const pool of moment.process.pools) remember(pool, moment.process.at);
  for (const curve of moment.curves.curves) {
    const points = curve.whole ? [] : store.curves.get(curve.call)?.points ?? [];
    for (const value of curve.points) points.push(value);
    store.curves.set(curve.call, { call: curve.call, points });
  }
  changed();
}

function remember(pool, at) {
  const history = store.history.get(pool.name) ?? [];
  store.history.set(pool.name, history);
  history.push({ at, queued: pool.queued, booting: pool.booting, idle: pool.idle, busy: pool.busy, draining: pool.draining, max: pool.max });
  if (history.length > KeptSeconds) history.shift();
}

/** @returns whether it was done. */
export async function cancel(id) {
  const answer = await fetch(`calls/${encodeURIComponent(id)}/cancel`, { method: 'POST', headers: { 'X-Flame-Action': '1' } });
  return answer.ok;
}
