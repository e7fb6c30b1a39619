import { h, text, keyed, table, cells, seconds, clock, ask } from './dom.js';
import { store, callOf, cancel } from './store.js';
import { linesView } from './lines.js';

const Columns = [['call', 'number'], ['method'], ['tag'], ['pool'], ['state'], ['executor'], ['time'], ['took', 'number'], ['where'], ['error']];

export function callsView(title, calls) {
  const list = table(Columns);
  return {
    element: h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), list.element),
    update() {
      keyed(list.body, calls(), call => call.id, makeRow, updateRow);
    },
  };
}

/** Those that run, and behind them the newest others. */
export function allCalls() {
  const running = new Set(store.running.map(call => call.id));
  return [...store.running, ...store.recent.filter(call => !running.has(call.id))];
}

function makeRow(call) {
  const row = h('tr');
  const parts = cells(row, ...Columns);
  parts.call.append(h('a', { href: `#/call/${encodeURIComponent(call.id)}`, 'aria-label': `Call ${call.id}` }, call.id));
  parts.where.append(h('div', { class: 'bar', 'aria-hidden': 'true' }));
  text(parts.method, call.method);
  text(parts.tag, call.tag ?? '');
  text(parts.pool, call.pool);
  text(parts.time, clock(call.beganAt));
  return row;
}

function updateRow(row, call) {
  const parts = row.cells_;
  text(parts.state, call.state);
  parts.state.className = call.state;
  text(parts.executor, call.executor ?? '');
  text(parts.took, seconds(call.seconds));
  text(parts.error, call.error ?? '');
  const bar = parts.where.firstChild;
  bar.title = call.phases.map(phase => `${phase.name} ${seconds(phase.seconds)}`).join(', ');
  keyed(bar, call.phases.map((phase, index) => ({ ...phase, index })), phase => phase.index, phase => h('i', { class: phase.name }), (piece, phase) => {
    piece.style.left = `${phase.at / Math.max(call.seconds, 1e-9) * 100}%`;
    piece.style.width = `${phase.seconds / Math.max(call.seconds, 1e-9) * 100}%`;
  });
}

export function callView(id) {
  const facts = h('dl', { class: 'facts' });
  const waterfall = h('div', { class: 'waterfall' });
  const actions = h('p');
  const values = h('div');
  const lines = linesView(after => ask(`lines?call=${encodeURIComponent(id)}&after=${after}`));
  let last = null;
  const element = h('section', { class: 'card', 'aria-label': `Call ${id}` },
    h('h2', {}, `Call ${id}`), facts, actions, h('h3', {}, 'Where its time went'), waterfall, h('h3', {}, 'Arguments'), values, h('h3', {}, 'Lines of its executor while it ran'), lines.element);
  const show = h('button', { type: 'button', onclick: () => showArguments(id, values) }, 'Show arguments');
  const stop = h('button', { type: 'button', hidden: true, onclick: async () => { stop.disabled = await cancel(id); } }, 'Cancel this call');
  const curve = h('a', { href: `#/curves/${encodeURIComponent(id)}`, hidden: true }, 'Its curve');
  actions.append(stop, ' ', curve);
  return {
    element,
    async update() {
      const call = callOf(id) ?? (last && last.state !== 'running' && last.state !== 'queued' ? last : await ask(`calls/${encodeURIComponent(id)}`).catch(() => null));
      lines.update();
      if (!call) {
        if (!last) text(values, 'This call is not known any more.');
        return;
      }
      last = call;
      if (!values.hasChildNodes()) values.append(store.showArguments ? show : h('span', { class: 'soft' }, 'This dashboard does not show them.'));
      const isOpen = call.state === 'running' || call.state === 'queued';
      stop.hidden = !(store.allowActions && isOpen);
      curve.hidden = !call.hasCurve;
      const known = [['method', call.method], ['pool', call.pool], ['tag', call.tag], ['state', call.state], ['executor', call.executor], ['began', clock(call.beganAt) + (call.isWhole ? '' : ' or before')], ['took', seconds(call.seconds)], ['items', call.items || undefined], ['trace', call.trace], ['error', call.error]];
      keyed(facts, known.filter(([, value]) => value !== undefined), ([key]) => key, ([key]) => h('div', {}, h('dt', {}, key), h('dd')), (row, [key, value]) => {
        text(row.lastChild, String(value));
        row.lastChild.className = key === 'error' ? 'error' : key === 'state' ? call.state : '';
      });
      drawWaterfall(waterfall, call);
    },
  };
}

function drawWaterfall(parent, call) {
  const rows = [...call.phases, ...call.boot.map(part => ({ ...part, at: Math.max(part.at, 0), note: part.note ?? 'boot' }))];
  const total = Math.max(call.seconds, ...rows.map(row => row.at + row.seconds), 1e-9);
  keyed(parent, rows.map((row, index) => ({ ...row, index })), row => row.index, row => {
    const line = h('div', { class: 'line' }, h('span', {}, row.name), h('div', { class: 'bar' }, h('i', { class: row.name })), h('span', { class: 'soft' }));
    line.style.display = 'contents';
    return line;
  }, (line, row) => {
    const piece = line.children[1].firstChild;
    piece.style.left = `${row.at / total * 100}%`;
    piece.style.width = `${row.seconds / total * 100}%`;
    text(line.children[2], `${seconds(row.seconds)}${row.note ? ` · ${row.note}` : ''}`);
  });
}

async function showArguments(id, values) {
  const known = await ask(`calls/${encodeURIComponent(id)}/arguments`).catch(() => null);
  const words = known === null ? 'They are gone, or too large to be shown.' : known.length === 0 ? 'It has none that can be shown.' : null;
  values.replaceChildren(words ? h('span', { class: 'soft' }, words) : h('dl', { class: 'facts arguments' }, known.map(one => h('div', {}, h('dt', {}, `${one.type} ${one.name}`), h('dd', {}, one.text)))));
}
