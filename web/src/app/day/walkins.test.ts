import { describe, expect, it } from 'vitest';
import type { LiveItem } from '$lib/live';
import { waitingOf } from './walkins';

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
