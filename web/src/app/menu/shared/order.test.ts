import { describe, expect, it } from 'vitest';
import { landing, moved, wanted, yields } from './order';

describe('moved', () => {
  it.each([
    [0, 2, 'bcad'],
    [3, 0, 'dabc'],
    [1, 1, 'abcd'],
    [2, 3, 'abdc'],
    [9, 0, 'abcd'],
  ])('puts %i at %i', (from, to, list) => {
    expect(moved([...'abcd'], from, to).join('')).toBe(list);
  });
});

describe('wanted', () => {
  it.each([
    ['ArrowUp', 2, 1],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 2, 3],
    ['ArrowDown', 3, 3],
    ['Home', 2, 0],
    ['End', 0, 3],
    ['Enter', 1, undefined],
  ])('%s at %i', (key, at, to) => {
    expect(wanted(key, at, 4)).toBe(to);
  });
});

describe('landing', () => {
  const rows = [0, 50, 100, 150].map((start) => ({ start, size: 50 }));
  it.each([
    [0, 0, 0],
    [0, 20, 0],
    [0, 30, 1],
    [0, 500, 3],
    [3, -30, 2],
    [3, -500, 0],
    [2, -80, 0],
    [1, 10, 1],
    [7, 10, 7],
  ])('the one at %i, %i px on, lands at %i', (from, by, to) => {
    expect(landing(rows, from, by)).toBe(to);
  });
});

describe('yields', () => {
  it.each([
    [0, [0, -1, -1, 0], 0, 2],
    [1, [1, 1, 1, 0], 3, 0],
    [2, [0, 0, 0, 0], 2, 2],
  ])('case %i', (_, expected, from, to) => {
    const all = [0, 1, 2, 3].map((at) => (at === from ? 0 : yields(at, from, to)));
    expect(all).toEqual(expected.map((each, at) => (at === from ? 0 : each)));
  });
});
