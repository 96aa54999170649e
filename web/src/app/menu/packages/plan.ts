// How the services of a package lie in time.
import type { Schema } from '$lib/api/types';

export type Mode = Schema<'PackageModeWord'>;

export interface Piece {
  id: string;
  name: string;
  minutes: number;
}

export interface Laid extends Piece {
  /** Minutes since the package's beginning. */
  from: number;
  to: number;
}

/** One after the other, or all from the beginning. */
export function laid(pieces: readonly Piece[], mode: Mode): Laid[] {
  let at = 0;
  return pieces.map((piece) => {
    const from = mode === 'sequence' ? at : 0;
    at += piece.minutes;
    return { ...piece, from, to: from + piece.minutes };
  });
}

export function whole(pieces: readonly Laid[]): number {
  return Math.max(0, ...pieces.map(({ to }) => to));
}

/** What a package is cheaper than its services one by one; nothing if it isn't. */
export function saved(price: number | undefined, prices: readonly number[]): number {
  return price === undefined ? 0 : Math.max(0, prices.reduce((sum, each) => sum + each, 0) - price);
}
