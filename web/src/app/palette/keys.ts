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
