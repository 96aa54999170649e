const FIRST = 500;
const LONGEST = 30_000;

/** How long to wait before the nth try (from 0): twice as long each time, and never all at once. */
export function pause(tries: number, random: () => number): number {
  const most = Math.min(LONGEST, FIRST * 2 ** Math.min(tries, 16));
  return Math.round(most * (0.5 + random() / 2));
}
