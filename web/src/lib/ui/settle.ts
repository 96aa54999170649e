/** Puts the focus onto the page's question, once what had it is gone: otherwise it would be nowhere. */
export function settle(before: Element | null): void {
  const nowhere = document.activeElement === null || document.activeElement === document.body;
  if (before && !before.isConnected && nowhere) document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
