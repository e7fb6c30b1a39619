import { h, clock } from './dom.js';

const Kept = 400;

/** The last lines of something, asked for anew with each tick. */
export function linesView(ask) {
  const element = h('pre', { class: 'lines', tabindex: '0', 'aria-label': 'Lines' });
  let after = 0;
  let isAsking = false;
  return {
    element,
    async update() {
      if (isAsking) return;
      isAsking = true;
      try {
        const lines = await ask(after) ?? [];
        const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 8;
        for (const line of lines) {
          after = Math.max(after, line.number);
          element.append(h('span', { class: line.level }, `${clock(line.at)} ${line.level} ${line.text}\n`));
        }
        while (element.childElementCount > Kept) element.firstElementChild.remove();
        if (lines.length && isAtEnd) element.scrollTop = element.scrollHeight;
      } catch {
        // The parent is gone; the page says so elsewhere.
      } finally {
        isAsking = false;
      }
    },
  };
}
