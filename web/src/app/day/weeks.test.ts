import { expect, it, vi } from 'vitest';
import { weekOf } from './days';
import type { Visit } from './visits';
import { rangeOf, visitsIn, type Range } from './weeks';

// Where the API is, which isn't asked here.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'https://example.com' }));

const weeks = [weekOf('2026-11-02', 1), weekOf('2026-11-09', 1)];
const visit = (id: string) => ({ id }) as Visit;

it.each([
  ['UTC', '2026-11-02T00:00:00.000Z', '2026-11-09T00:00:00.000Z'],
  ['Pacific/Guam', '2026-11-01T14:00:00.000Z', '2026-11-08T14:00:00.000Z'],
])('a week in %s is from %s to %s', (zone, from, to) => {
  expect(rangeOf(weeks[0] ?? [], zone)).toEqual({ from, to });
});

it('asks for each week by itself, through its pages, and has whoever stays over midnight once', async () => {
  const pages: Record<string, { items: Visit[]; next_cursor: string | null }[]> = {
    '2026-11-02': [
      { items: [visit('a'), visit('b')], next_cursor: 'more' },
      { items: [visit('c')], next_cursor: null },
    ],
    '2026-11-09': [{ items: [visit('c'), visit('d')], next_cursor: null }],
  };
  const page = ({ from }: Range, cursor?: string) => Promise.resolve(pages[from.slice(0, 10)]?.[cursor ? 1 : 0] ?? never());
  const found = await visitsIn(weeks, 'UTC', page);
  expect(found.visits.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  expect(found.cut).toBe(false);
});

it('says so if a week has more than are asked for, and has all of the others', async () => {
  let made = 0;
  const hundred = () => Array.from({ length: 100 }, () => visit(`v${(made += 1)}`));
  const found = await visitsIn(weeks, 'UTC', ({ from }) =>
    Promise.resolve(
      from.startsWith('2026-11-02') ? { items: hundred(), next_cursor: 'more' } : { items: [visit('last')], next_cursor: null },
    ),
  );
  expect(found.cut).toBe(true);
  expect(found.visits).toHaveLength(1001);
  expect(found.visits.at(-1)?.id).toBe('last');
});

function never(): never {
  throw new Error('nothing else is asked for');
}
