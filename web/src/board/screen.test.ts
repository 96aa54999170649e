import { describe, expect, it } from 'vitest';
import { isCalm, pageOf, rowsOf, where, type Shown } from './screen';

const entry = (code: string, state: Shown['state'], chair: string | null = null, staff: string | null = null) =>
  ({ code, state, chair, staff }) as Shown;

it('shows whose turn it is, who is served and who is next', () => {
  const rows = rowsOf({ entries: [entry('A01', 'serving'), entry('A04', 'waiting'), entry('A03', 'called'), entry('A05', 'waiting')] });
  expect(rows.called.map(({ code }) => code)).toEqual(['A03']);
  expect(rows.serving.map(({ code }) => code)).toEqual(['A01']);
  expect(rows.next.map(({ code }) => code)).toEqual(['A04', 'A05']);
});

it.each([
  ['Chair 2', 'Luca', 'Chair 2 · Luca'],
  ['Chair 2', null, 'Chair 2'],
  [null, 'Luca', 'Luca'],
  [null, null, ''],
])('%s and %s', (chair, staff, text) => {
  expect(where({ chair, staff })).toBe(text);
});

describe('what does not fit', () => {
  const five = [1, 2, 3, 4, 5];
  it.each([
    [2, 0, [1, 2], 0, 3],
    [2, 2, [5], 2, 3],
    [2, 3, [1, 2], 0, 3],
    [9, 7, five, 0, 1],
    [0.4, 1, [2], 1, 5],
  ])('comes in pages: %d fit, turn %i', (fits, turn, shown, page, pages) => {
    expect(pageOf(five, fits, turn)).toEqual({ shown, page, pages });
  });

  it('has a page even where nothing is', () => {
    expect(pageOf([], 4, 3)).toEqual({ shown: [], page: 0, pages: 1 });
  });
});

it('loads a new release when nobody looks', () => {
  const view = (state: Shown['state']) => ({ entries: [entry('A01', state)] }) as Parameters<typeof isCalm>[0];
  expect(isCalm(undefined, 12)).toBe(true);
  expect(isCalm(view('waiting'), 12)).toBe(true);
  expect(isCalm(view('called'), 12)).toBe(false);
  expect(isCalm(view('called'), 4)).toBe(true);
});
