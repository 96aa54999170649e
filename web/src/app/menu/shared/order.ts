// Where things go in a list that somebody puts in order, by hand or by keys.

/** The list with one of it at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const one = list[from];
  return one === undefined ? rest : [...rest.slice(0, to), one, ...rest.slice(to)];
}

/** The place that a key sends the one at `at` to, in a list of so many; undefined for other keys. */
export function wanted(key: string, at: number, count: number): number | undefined {
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), count - 1);
}

/** A row, as it lies on the page. */
export interface Row {
  start: number;
  size: number;
}

/** Where the one at `from` lands when it is let go `by` pixels further on: behind all whose middle it passed. */
export function landing(rows: readonly Row[], from: number, by: number): number {
  const own = rows[from];
  if (!own) return from;
  const middle = ({ start, size }: Row) => start + size / 2;
  const [first, last] = [own.start + by, own.start + own.size + by];
  let to = from;
  for (const [at, row] of rows.entries()) {
    if (at < from && first < middle(row)) return at;
    if (at > from && last > middle(row)) to = at;
  }
  return to;
}

/** Which way the others make room: 1 is towards the end, -1 towards the beginning. */
export function yields(at: number, from: number, to: number): -1 | 0 | 1 {
  if (at > from && at <= to) return -1;
  if (at < from && at >= to) return 1;
  return 0;
}
