// Everything that is shown is text: nothing here, or anywhere, makes markup of what it is given.

/** Makes an element. Attributes that begin with "on" are listeners; children are nodes or texts. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

/** Sets a text only where it differs, so that a selection and a reader's place stay. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Keeps the children of an element like a list: one for each item, known by its key, made once and then brought up to date. What has the focus keeps it.
 */
export function keyed(parent, items, keyOf, make, update) {
  const known = parent.keyed ??= new Map();
  const seen = new Set();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    seen.add(key);
    let child = known.get(key);
    if (!child) known.set(key, child = make(item));
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item); // In its place: what is drawn has a size only there.
  }
  for (const [key, child] of known) {
    if (seen.has(key)) continue;
    child.remove();
    known.delete(key);
  }
}

/** Remembers the parts of a row that change. */
export function cells(row, ...names) {
  row.cells_ = Object.fromEntries(names.map(([name, className]) => {
    const cell = h('td', { 'data-name': name, class: className });
    row.append(cell);
    return [name, cell];
  }));
  return row.cells_;
}

export function table(names, caption) {
  const body = h('tbody');
  return { element: h('table', {}, h('caption', { class: 'soft', hidden: !caption }, caption ?? ''), h('thead', {}, h('tr', {}, names.map(([name, className]) => h('th', { scope: 'col', class: className }, name)))), body), body };
}

export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function seconds(value) {
  if (value === undefined || value === null) return '';
  if (value < 0.001) return '0 ms';
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 60) return `${value.toFixed(1)} s`;
  const minutes = Math.floor(value / 60);
  return minutes < 60 ? `${minutes}m ${Math.floor(value % 60)}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

export function bytes(value) {
  return value === undefined ? '' : value < 1 << 30 ? `${Math.round(value / (1 << 20))} MiB` : `${(value / (1 << 30)).toFixed(1)} GiB`;
}

export function number(value) {
  return Number.isInteger(value) ? String(value) : Math.abs(value) >= 0.001 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(5))) : value.toExponential(3);
}

export function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}

/** A canvas in the pixels of the screen. */
export function brush(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

export async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  return answer.ok ? answer.json() : null;
}
