import type { MessageKey } from '$lib/i18n/index.svelte';

/** What a key does on the staff pages, wherever one is. `g t`: g, then t. */
export const KEYS = [
  { keys: ['g', 't'], path: '/app' },
  { keys: ['g', 'w'], path: '/app/week' },
  { keys: ['g', 'q'], path: '/app/queue' },
  { keys: ['g', 'c'], path: '/app/customers' },
  { keys: ['g', 's'], path: '/app/services' },
  { keys: ['g', 'm'], path: '/app/messages' },
] as const;

/** Whether keys are meant for what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable=true]');
}

/** Where a new visit is booked: on the day that one looks at, or today. */
export function newVisitAt(path: string): string {
  return `${/^\/app\/day\/[\d-]+$/.test(path) ? path : '/app'}?new`;
}

export interface Row {
  keys: readonly string[];
  text: MessageKey;
}
interface Group {
  heading: MessageKey;
  /** One of these is needed to have a use for it; none: everybody has. */
  needs: readonly string[];
  rows: readonly Row[];
}

/** What keys do where the focus is. Each of them is answered there; here it is only told. */
export const ELSEWHERE: readonly Group[] = [
  {
    heading: 'shortcuts.day',
    needs: ['booking:move'],
    rows: [
      { keys: ['M'], text: 'shortcuts.lift' },
      { keys: ['↑', '↓'], text: 'shortcuts.later' },
      { keys: ['Shift ↑', 'Shift ↓'], text: 'shortcuts.finely' },
      { keys: ['←', '→'], text: 'shortcuts.aside' },
      { keys: ['Enter'], text: 'shortcuts.put' },
      { keys: ['Esc'], text: 'shortcuts.back' },
    ],
  },
  {
    heading: 'shortcuts.order',
    needs: ['service:update', 'staff:update', 'room:update', 'queue:manage'],
    rows: [{ keys: ['↑', '↓'], text: 'shortcuts.step' }],
  },
  {
    heading: 'shortcuts.calendar',
    needs: ['staff:update', 'staff:update_own_hours', 'location:update'],
    rows: [
      { keys: ['←', '→'], text: 'shortcuts.by_day' },
      { keys: ['↑', '↓'], text: 'shortcuts.by_week' },
      { keys: ['Page Up', 'Page Down'], text: 'shortcuts.by_month' },
      { keys: ['Home'], text: 'shortcuts.month_start' },
    ],
  },
];
