import { h, text, keyed, table, cells, seconds, ask } from './dom.js';

const Columns = [['pool'], ['method'], ['tag'], ['calls', 'number'], ['executor time', 'number']];

export function costView() {
  const list = table(Columns);
  let isAsking = false;
  return {
    element: h('section', { class: 'card', 'aria-label': 'Cost' }, h('h2', {}, 'Cost'),
      h('p', { class: 'soft' }, 'A pool’s time is that of its executors, boots and idleness included; a method’s is that in which its calls had a slot.'), list.element),
    async update() {
      if (isAsking) return;
      isAsking = true;
      try {
        const costs = (await ask('costs') ?? []).sort((one, other) => one.pool.localeCompare(other.pool) || (one.method ? 1 : 0) - (other.method ? 1 : 0) || other.seconds - one.seconds);
        keyed(list.body, costs, cost => JSON.stringify([cost.pool, cost.method, cost.tag]), cost => {
          const row = h('tr');
          const parts = cells(row, ...Columns);
          text(parts.pool, cost.pool);
          text(parts.method, cost.method ?? 'all');
          text(parts.tag, cost.tag ?? '');
          return row;
        }, (row, cost) => {
          text(row.cells_.calls, String(cost.calls));
          text(row.cells_['executor time'], seconds(cost.seconds));
        });
      } catch {
        // The parent is gone; the page says so elsewhere.
      } finally {
        isAsking = false;
      }
    },
  };
}
