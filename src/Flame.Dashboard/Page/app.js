import { text } from './dom.js';
import { store, onChange, listen } from './store.js';
import { poolsView } from './pools.js';
import { executorsView, executorView } from './executors.js';
import { callsView, callView, allCalls } from './calls.js';
import { curvesView } from './curves.js';
import { costView } from './cost.js';

const main = document.getElementById('main');
const link = document.getElementById('link');
const failures = document.getElementById('failures');
let view = null;

function viewOf([name, argument]) {
  switch (name) {
    case 'executors': return executorsView();
    case 'executor': return executorView(argument);
    case 'calls': return callsView('Calls', allCalls);
    case 'call': return callView(argument);
    case 'curves': return curvesView(argument);
    case 'failed': return callsView('Failed calls', () => store.failed);
    case 'cost': return costView();
    default: return poolsView();
  }
}

function show(isFirst) {
  const parts = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  view?.close?.();
  view = viewOf(parts);
  main.replaceChildren(view.element);
  for (const one of document.querySelectorAll('nav a')) {
    const target = one.getAttribute('href').slice(2);
    if (target === parts[0] || (target !== '' && target === `${parts[0]}s`)) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
  view.update();
  // Who goes by keyboard is then where the new view begins.
  if (isFirst !== true) main.focus();
}

onChange(() => {
  text(link, store.isLive ? 'live' : 'The parent does not answer. Waiting for it…');
  link.className = store.isLive ? '' : 'lost';
  if (store.process) text(document.getElementById('program'), `${store.process.program} · process ${store.process.process} · build ${store.process.build.slice(0, 8)}`);
  failures.hidden = store.failed.length === 0;
  text(failures, String(store.failed.length));
  view?.update();
});
window.addEventListener('hashchange', show);
show(true);
listen();
