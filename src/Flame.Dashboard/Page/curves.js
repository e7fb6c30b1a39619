import { h, text, keyed, color, brush, number } from './dom.js';
import { store, callOf, cancel } from './store.js';

const Margin = { left: 52, right: 12, top: 10, bottom: 22 };
const Near = 24;

export function curvesView(chosen) {
  const canvas = h('canvas', { class: 'curves', role: 'img' });
  const legend = h('ul', { class: 'legend' });
  const told = h('p', { class: 'soft', 'aria-live': 'polite' });
  const state = { chosen: chosen ?? null, hovered: null, shown: [], scale: null };
  const draw = () => drawCurves(canvas, state);
  const choose = id => {
    state.chosen = state.chosen === id ? null : id;
    view.update();
  };
  canvas.addEventListener('mousemove', event => {
    state.hovered = nearest(state, event.offsetX, event.offsetY);
    text(told, state.hovered ? wordsOf(state.hovered.curve, state.hovered.index) : '');
    draw();
  });
  canvas.addEventListener('mouseleave', () => {
    state.hovered = null;
    text(told, '');
    draw();
  });
  canvas.addEventListener('click', () => state.hovered && choose(state.hovered.curve.id));
  window.addEventListener('resize', draw);
  const view = {
    element: h('section', { class: 'card', 'aria-label': 'Curves' }, h('h2', {}, 'Curves'), canvas, told, legend),
    update() {
      state.shown = [...store.curves.values()].map(curve => ({ id: curve.call, points: curve.points, call: callOf(curve.call) })).sort((one, other) => Number(one.id) - Number(other.id));
      keyed(legend, state.shown, curve => curve.id, curve => makeEntry(curve, choose), (entry, curve) => updateEntry(entry, curve, state));
      canvas.setAttribute('aria-label', `${state.shown.length} curves. Each is in the list below, with its last value.`);
      draw();
    },
    close() {
      window.removeEventListener('resize', draw);
    },
  };
  return view;
}

function nameOf(curve) {
  return curve.call ? `${curve.call.tag ?? curve.call.method} #${curve.id}` : `#${curve.id}`;
}

function wordsOf(curve, index) {
  return `${nameOf(curve)}: ${number(curve.points[index + 1])} at ${number(curve.points[index])}`;
}

// Neighbours in the list get colours that are far apart.
function colorOf(id) {
  const light = (matchMedia('(prefers-color-scheme: dark)').matches ? 60 : 36) + Number(id) % 3 * 7;
  return `hsl(${(Number(id) * 137.508) % 360} 70% ${light}%)`;
}

function makeEntry(curve, choose) {
  const swatch = h('span', { class: 'swatch' });
  swatch.style.background = colorOf(curve.id);
  const entry = h('li', {}, h('button', { type: 'button', class: 'curve', onclick: () => choose(curve.id) }, swatch, h('span', { class: 'name' }), h('span', { class: 'value' })),
    h('button', { type: 'button', hidden: true, 'aria-label': `Cancel call ${curve.id}`, onclick: async event => { event.target.disabled = await cancel(curve.id); } }, 'Cancel'));
  return entry;
}

function updateEntry(entry, curve, state) {
  const [button, stop] = entry.children;
  text(button.children[1], nameOf(curve));
  text(button.children[2], number(curve.points.at(-1)) + (curve.call && curve.call.state !== 'running' ? ` · ${curve.call.state}` : ''));
  button.setAttribute('aria-pressed', String(state.chosen === curve.id));
  stop.hidden = !(store.allowActions && curve.call?.state === 'running');
}

function drawCurves(canvas, state) {
  const { context, width, height } = brush(canvas);
  if (width === 0) return;
  const [x, y] = [range(state.shown, 0), range(state.shown, 1)];
  state.scale = {
    x: value => Margin.left + (value - x.low) / (x.high - x.low) * (width - Margin.left - Margin.right),
    y: value => height - Margin.bottom - (value - y.low) / (y.high - y.low) * (height - Margin.top - Margin.bottom),
  };
  drawAxes(context, width, height, x, y);
  const front = state.hovered?.curve.id ?? state.chosen;
  for (const curve of state.shown) if (curve.id !== front) drawOne(context, state.scale, curve, front === null ? 0.9 : 0.25, 1.3);
  const chosen = state.shown.find(curve => curve.id === front);
  if (chosen) drawOne(context, state.scale, chosen, 1, 2.6);
  if (state.hovered) drawPoint(context, state.scale, state.hovered);
}

function range(curves, offset) {
  let [low, high] = [Infinity, -Infinity];
  for (const { points } of curves) {
    for (let i = offset; i < points.length; i += 2) {
      if (points[i] < low) low = points[i];
      if (points[i] > high) high = points[i];
    }
  }
  if (low > high) return { low: 0, high: 1 };
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
}

function drawAxes(context, width, height, x, y) {
  context.strokeStyle = color('--line');
  context.fillStyle = color('--soft');
  context.font = '11px system-ui, sans-serif';
  for (let i = 0; i <= 4; i++) {
    const at = Margin.top + (height - Margin.top - Margin.bottom) * i / 4;
    context.beginPath();
    context.moveTo(Margin.left, at);
    context.lineTo(width - Margin.right, at);
    context.stroke();
    context.fillText(number(Number((y.high - (y.high - y.low) * i / 4).toPrecision(3))), 4, at + 4);
  }
  context.fillText(number(x.low), Margin.left, height - 6);
  const last = number(x.high);
  context.fillText(last, width - Margin.right - context.measureText(last).width, height - 6);
}

function drawOne(context, scale, curve, alpha, thickness) {
  context.globalAlpha = alpha;
  context.strokeStyle = colorOf(curve.id);
  context.lineWidth = thickness;
  context.beginPath();
  for (let i = 0; i < curve.points.length; i += 2) context.lineTo(scale.x(curve.points[i]), scale.y(curve.points[i + 1]));
  if (curve.points.length === 2) context.arc(scale.x(curve.points[0]), scale.y(curve.points[1]), 1.5, 0, 7);
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 1;
}

function drawPoint(context, scale, { curve, index }) {
  const [x, y] = [scale.x(curve.points[index]), scale.y(curve.points[index + 1])];
  context.fillStyle = color('--ink');
  context.beginPath();
  context.arc(x, y, 4, 0, 7);
  context.fill();
}

function nearest(state, x, y) {
  let best = null;
  let distance = Near * Near;
  for (const curve of state.shown) {
    for (let i = 0; i < curve.points.length; i += 2) {
      const away = (state.scale.x(curve.points[i]) - x) ** 2 + (state.scale.y(curve.points[i + 1]) - y) ** 2;
      if (away < distance) [best, distance] = [{ curve, index: i }, away];
    }
  }
  return best;
}
