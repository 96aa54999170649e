import { expect, test } from 'vitest';
import { Paged } from './paged.svelte';

type Answer = { items: string[]; next_cursor: string | null };

/** A list whose answers come when the test says so. */
function list() {
  const asked: { cursor: string | undefined; answer: (page: Answer) => void; fail: (why: Error) => void }[] = [];
  const paged = new Paged<string>(
    (cursor) => new Promise((answer, fail) => asked.push({ cursor, answer, fail })),
  );
  const call = (at: number) => asked[at] ?? expect.unreachable(`nobody asked ${at + 1} times`);
  return { paged, asked, call };
}

test('who asks anew at once gets the newer list, whichever comes first', async () => {
  const { paged, call } = list();
  const first = paged.again();
  const second = paged.again();
  call(1).answer({ items: ['new'], next_cursor: null });
  await second;
  call(0).answer({ items: ['old'], next_cursor: 'old' });
  await first;
  expect([paged.items, paged.cursor, paged.loading.busy]).toEqual([['new'], null, false]);
});

test('an older refusal says nothing of the newer list', async () => {
  const { paged, call } = list();
  const first = paged.again();
  const second = paged.again();
  call(0).fail(new Error('gone'));
  await first;
  expect([paged.fault, paged.loading.busy]).toEqual([undefined, true]);
  call(1).answer({ items: ['new'], next_cursor: null });
  await second;
  expect(paged.items).toEqual(['new']);
});

test('more of a list is never put behind another', async () => {
  const { paged, asked, call } = list();
  const first = paged.again();
  call(0).answer({ items: ['a'], next_cursor: 'a' });
  await first;
  const more = paged.more();
  const other = paged.again();
  // The cursor is still the first list's.
  await paged.more();
  expect(asked).toHaveLength(3);
  call(1).answer({ items: ['b'], next_cursor: null });
  call(2).answer({ items: ['x'], next_cursor: 'x' });
  await Promise.all([more, other]);
  expect(paged.items).toEqual(['x']);
  const rest = paged.more();
  expect(call(3).cursor).toBe('x');
  call(3).answer({ items: ['y'], next_cursor: null });
  await rest;
  expect([paged.items, paged.cursor]).toEqual([['x', 'y'], null]);
});
