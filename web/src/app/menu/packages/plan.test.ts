import { describe, expect, it } from 'vitest';
import { laid, saved, whole } from './plan';

const pieces = [
  { id: 'a', name: 'Scrub', minutes: 30 },
  { id: 'b', name: 'Massage', minutes: 60 },
];

describe('a package', () => {
  it('lies one after the other', () => {
    const line = laid(pieces, 'sequence');
    expect(line.map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [30, 90],
    ]);
    expect(whole(line)).toBe(90);
  });
  it('lies side by side', () => {
    const line = laid(pieces, 'parallel');
    expect(line.map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [0, 60],
    ]);
    expect(whole(line)).toBe(60);
  });
  it('is nothing without services', () => {
    expect(whole(laid([], 'sequence'))).toBe(0);
  });
  it.each([
    [10000, [6000, 6000], 2000],
    [13000, [6000, 6000], 0],
    [undefined, [6000], 0],
  ])('for %s instead of %j saves %i', (price, prices, less) => {
    expect(saved(price, prices)).toBe(less);
  });
});
