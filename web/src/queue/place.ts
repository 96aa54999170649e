/** What an address of this shell shows. */
export type Place =
  | { page: 'join'; shop: string }
  | { page: 'ticket'; token: string }
  | { page: 'kiosk'; token: string };

export function placeOf(path: string): Place | undefined {
  const [first = '', second = '', ...more] = path.replace(/^\/|\/$/g, '').split('/').map(decodeURIComponent);
  if (!first || !second || more.length > 0) return undefined;
  if (first === 'q') return { page: 'ticket', token: second };
  if (first === 'kiosk') return { page: 'kiosk', token: second };
  return second === 'queue' ? { page: 'join', shop: first } : undefined;
}
