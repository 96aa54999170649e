// What each address of this shell shows.

export type Route =
  | { page: 'booking' | 'gift'; shop: string }
  | { page: 'regulars' }
  | { page: Behind; token: string };

type Behind = 'visit' | 'offer' | 'waiting' | 'given';
const BEHIND: Record<string, Behind> = { b: 'visit', o: 'offer', w: 'waiting', g: 'given' };

export function routeOf(path: string): Route | undefined {
  const [, first = '', second, ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  if (second) {
    const page = BEHIND[first];
    if (page) return { page, token: decodeURIComponent(second) };
    return second === 'gift' ? { page: second, shop: first } : undefined;
  }
  // No shop has so short a name.
  if (first === 'me') return { page: 'regulars' };
  return /^[\w-]+$/.test(first) ? { page: 'booking', shop: first } : undefined;
}

/** Another step of the same page: everything else in the address stays. */
export function withStep(path: string, search: string, step: string | null): string {
  const query = new URLSearchParams(search);
  if (step) query.set('step', step);
  else query.delete('step');
  const text = query.toString().replace(/=(?=&|$)/g, '');
  return text ? `${path}?${text}` : path;
}
