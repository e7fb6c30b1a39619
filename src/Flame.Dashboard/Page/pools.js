import { h, text, keyed, seconds, color, brush } from './dom.js';
import { store } from './store.js';

const Layers = ['busy', 'draining', 'idle', 'booting', 'queued'];

export function poolsView() {
  const list = h('div');
  return {
    element: h('section', { 'aria-label': 'Pools' }, list),
    update() {
      keyed(list, store.process?.pools ?? [], pool => pool.name, makePool, updatePool);
    },
  };
}

function makePool(pool) {
  const card = h('article', { class: 'card', 'aria-label': `Pool ${pool.name}` });
  const facts = h('dl', { class: 'facts' });
  card.parts = {
    facts: Object.fromEntries(['queued', 'booting', 'busy', 'idle', 'draining', 'running', 'max', 'succeeded', 'failed', 'cancelled', 'executor time'].map(name => {
      const value = h('dd');
      facts.append(h('div', {}, h('dt', { class: Layers.includes(name) ? `key ${name}` : '' }, name), value));
      return [name, value];
    })),
    strip: h('canvas', { role: 'img' }),
    waits: h('div', { 'aria-live': 'polite' }),
    error: h('p', { class: 'error', hidden: true }),
  };
  card.append(h('h2', {}, pool.name, ' ', h('span', { class: 'soft' }, pool.backend)), facts, card.parts.strip, card.parts.waits, card.parts.error);
  return card;
}

function updatePool(card, pool) {
  const values = { ...pool, 'executor time': seconds(pool.executorSeconds) };
  for (const [name, element] of Object.entries(card.parts.facts)) text(element, String(values[name]));
  keyed(card.parts.waits, pool.waitsFor, words => words, () => h('p', { class: 'waits' }), (line, words) => text(line, `waits: ${words}`));
  card.parts.error.hidden = !pool.bootError;
  text(card.parts.error, pool.bootError ? `last boot: ${pool.bootError}` : '');
  card.parts.strip.setAttribute('aria-label', `The last minutes of pool ${pool.name}. Now: ${pool.queued} queued, ${pool.booting} booting, ${pool.busy} busy, ${pool.idle} idle, of at most ${pool.max} executors.`);
  drawStrip(card.parts.strip, store.history.get(pool.name) ?? []);
}

function drawStrip(canvas, history) {
  const { context, width, height } = brush(canvas);
  if (history.length === 0 || width === 0) return;
  const shown = history.slice(-Math.max(60, Math.floor(width / 2)));
  const top = Math.max(...shown.map(moment => Math.max(moment.max, Layers.reduce((sum, layer) => sum + moment[layer], 0))), 1) * 1.08;
  const step = width / Math.max(shown.length, 60);
  const left = width - shown.length * step;
  shown.forEach((moment, index) => {
    let from = 0;
    for (const layer of Layers) {
      if (moment[layer] === 0) continue;
      context.fillStyle = color(`--${layer}`);
      context.fillRect(left + index * step, height - (from + moment[layer]) / top * height, step + 0.5, moment[layer] / top * height);
      from += moment[layer];
    }
  });
  context.strokeStyle = color('--ink');
  context.setLineDash([4, 3]);
  context.beginPath();
  shown.forEach((moment, index) => {
    const y = height - moment.max / top * height;
    context.lineTo(left + index * step, y);
    context.lineTo(left + (index + 1) * step, y);
  });
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = color('--soft');
  context.font = '11px system-ui, sans-serif';
  context.fillText(`Max ${shown.at(-1).max}`, 4, Math.max(10, height - shown.at(-1).max / top * height - 3));
}
