import { describe, expect, it } from 'vitest';
import type { LiveItem } from '$lib/live';
import { caller, waitingOf } from './walkins';

const entry = (id: string, rank: number, state: string) => ({ kind: 'entry', id, version: 1, entry: { id, rank, state } }) as LiveItem;
const waits = (...all: [string, number | undefined][]) =>
  ({ kind: 'waits', id: 'waits:loc', version: 1, waits: all.map(([id, p50_seconds]) => ({ id, p50_seconds })) }) as LiveItem;

describe('who waits', () => {
  it.each<[string, LiveItem[], string]>([
    ['nobody', [], ''],
    ['in their order', [entry('b', 2, 'waiting'), entry('a', 1, 'waiting')], 'a b'],
    ['nobody who is called or served', [entry('a', 1, 'called'), entry('b', 2, 'serving'), entry('c', 3, 'waiting')], 'c'],
    ['with how long', [entry('a', 1, 'waiting'), entry('b', 2, 'waiting'), waits(['a', 420], ['b', undefined])], 'a:7 b'],
    ['never less than a minute', [entry('a', 1, 'waiting'), waits(['a', 10])], 'a:1'],
  ])('%s', (_, items, wanted) => {
    expect(waitingOf(items).map(({ entry: { id }, minutes }) => (minutes === undefined ? id : `${id}:${minutes}`)).join(' ')).toBe(wanted);
  });
});

describe('for whom somebody is called', () => {
  const two = [{ id: 'a' }, { id: 'b' }];
  it.each<[string, string | null, string | undefined, { id: string }[], boolean, string | undefined]>([
    ['oneself', null, 'a', two, true, 'a'],
    ['whom they want', 'b', 'a', two, true, 'b'],
    ['nobody who wants somebody else', 'b', 'a', two, false, undefined],
    ['the only one who serves', null, undefined, [{ id: 'b' }], true, 'b'],
    ['nobody, where one has to choose', null, undefined, two, true, undefined],
    ['nobody who serves nobody', null, 'c', two, false, undefined],
  ])('%s', (_, staff_wanted, own, serving, all, wanted) => {
    expect(caller({ staff_wanted }, own, serving, all)).toBe(wanted);
  });
});
