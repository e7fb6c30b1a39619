import { h, text, keyed, table, cells, seconds, bytes, clock, ask } from './dom.js';
import { store } from './store.js';
import { linesView } from './lines.js';

const Columns = [['executor'], ['state'], ['what'], ['calls', 'number'], ['boot'], ['cpu', 'number'], ['memory', 'number'], ['since'], ['end']];

export function executorsView() {
  const list = table(Columns);
  return {
    element: h('section', { class: 'card', 'aria-label': 'Executors' }, h('h2', {}, 'Executors'), list.element),
    update() {
      keyed(list.body, (store.process?.pools ?? []).flatMap(pool => pool.executors), one => one.name, makeRow, updateRow);
    },
  };
}

function makeRow(one) {
  const row = h('tr');
  const parts = cells(row, ...Columns);
  parts.executor.append(h('a', { href: `#/executor/${encodeURIComponent(one.name)}` }, one.name));
  return row;
}

function updateRow(row, one) {
  const parts = row.cells_;
  text(parts.state, one.state);
  parts.state.className = one.state;
  text(parts.what, one.waitsFor ?? one.description);
  text(parts.calls, String(one.running));
  fillBar(parts.boot, one.boot, one.bootSeconds);
  text(parts.cpu, one.cpu === undefined ? '' : one.cpu.toFixed(2));
  text(parts.memory, bytes(one.memoryBytes));
  text(parts.since, clock(one.startedAt));
  text(parts.end, one.exitReason ?? '');
}

/** The parts of a boot as one bar, in words for who does not see it. */
export function fillBar(parent, parts, total) {
  const words = total === undefined || total === null ? '' : `${seconds(total)}${parts.length ? ` (${parts.map(part => `${part.name} ${seconds(part.seconds)}`).join(', ')})` : ''}`;
  if (parent.words === words) return;
  parent.words = words;
  parent.replaceChildren();
  if (!words) return;
  const bar = h('div', { class: 'bar', title: words, 'aria-hidden': 'true' });
  for (const part of parts) {
    const piece = h('i', { class: part.name });
    piece.style.left = `${part.at / total * 100}%`;
    piece.style.width = `${part.seconds / total * 100}%`;
    bar.append(piece);
  }
  parent.append(bar, h('span', { class: 'soft' }, words));
}

export function executorView(name) {
  const facts = h('dl', { class: 'facts' });
  const boot = h('div');
  const lines = linesView(after => ask(`lines?executor=${encodeURIComponent(name)}&after=${after}`));
  return {
    element: h('section', { class: 'card', 'aria-label': `Executor ${name}` }, h('h2', {}, name), facts, h('h3', {}, 'Boot'), boot, h('h3', {}, 'Last lines'), lines.element),
    update() {
      const one = (store.process?.pools ?? []).flatMap(pool => pool.executors).find(executor => executor.name === name);
      lines.update();
      if (!one) return;
      const values = [['state', one.state], ['what', one.description], ['calls', one.running], ['cpu', one.cpu?.toFixed(2)], ['memory', bytes(one.memoryBytes)], ['since', clock(one.startedAt)], ['waits for', one.waitsFor], ['ended', one.endedAt && clock(one.endedAt)], ['why', one.exitReason]];
      keyed(facts, values.filter(([, value]) => value !== undefined && value !== ''), ([key]) => key, ([key]) => h('div', {}, h('dt', {}, key), h('dd')), (row, [, value]) => text(row.lastChild, String(value)));
      fillBar(boot, one.boot, one.bootSeconds);
    },
  };
}
