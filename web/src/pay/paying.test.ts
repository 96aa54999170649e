import { describe, expect, it } from 'vitest';
import { pauseAfter, type State } from './paying';

/** All pauses, if every look finds the same. */
function pauses(state: State | undefined): number[] {
  const all: number[] = [];
  for (let looks = 1; looks < 20; looks += 1) {
    const pause = pauseAfter(state, looks);
    if (pause === undefined) return all;
    all.push(pause);
  }
  throw new Error('it looks for ever');
}

describe('asking whether a payment came', () => {
  it.each(['paid', 'nothing'] as const)('ends at once with %s', (state) => {
    expect(pauses(state)).toEqual([]);
  });

  it('goes on with growing pauses while it is on its way, and ends', () => {
    const all = pauses('processing');
    expect(all.length).toBeGreaterThan(4);
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
  });

  it('goes on as long where there was no answer', () => {
    expect(pauses(undefined)).toEqual(pauses('processing'));
  });

  it('ends soon where nobody paid', () => {
    expect(pauses('due')).toEqual([1000, 2000]);
  });

  it('ends with what is found, however it began', () => {
    expect(pauseAfter('processing', 4)).toBe(7000);
    expect(pauseAfter('due', 4)).toBeUndefined();
  });
});
