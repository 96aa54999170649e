import { describe, expect, it } from 'vitest';
import { besides, deedsFor, pressFor, rankAt, sectionsOf, type Entry } from './line';

const NOW = Date.parse('2026-03-04T15:00:00Z');
const entry = (id: string, more: Partial<Entry> = {}): Entry =>
  ({ id, code: id, state: 'waiting', rank: 0, source: 'desk', version: 1, updated_at: '2026-03-04T14:59:00Z', ...more }) as Entry;
const ids = (list: Entry[]) => list.map(({ id }) => id).join(' ');

it('puts everybody where they stand', () => {
  const sections = sectionsOf([
    entry('c', { rank: 3 }),
    entry('a', { rank: 1 }),
    entry('b', { rank: 1 }),
    entry('k', { state: 'called', called_at: '2026-03-04T14:50:00Z' }),
    entry('j', { state: 'called', called_at: '2026-03-04T14:40:00Z' }),
    entry('s', { state: 'serving' }),
    entry('x', { state: 'done', ended_at: '2026-03-04T14:00:00Z' }),
    entry('y', { state: 'no_show', ended_at: '2026-03-04T14:30:00Z' }),
  ]);
  expect([ids(sections.waiting), ids(sections.called), ids(sections.serving), ids(sections.ended)]).toEqual([
    'a b c', 'j k', 's', 'y x',
  ]);
});

describe('what can be done', () => {
  const desk = { can: () => true, own: 'me', now: NOW };
  const provider = { can: (right: string) => ['queue:call', 'queue:read'].includes(right), own: 'me', now: NOW };
  it.each([
    ['waiting', {}, desk, 'call start move edit ticket convert leave'],
    ['waiting, for a visit', { source: 'appointment' }, desk, 'call start move'],
    ['called', { state: 'called', staff: 'me' }, desk, 'start no_show return edit ticket convert leave'],
    ['called by somebody else', { state: 'called', staff: 'you' }, desk, 'start no_show return edit ticket convert leave'],
    ['waiting', {}, provider, 'call start leave'],
    ['called by somebody else', { state: 'called', staff: 'you' }, provider, ''],
    ['served by oneself', { state: 'serving', staff: 'me' }, provider, 'finish step_back'],
    ['done', { state: 'done' }, desk, 'step_back'],
    ['done long ago', { state: 'done', updated_at: '2026-03-04T14:44:59Z' }, desk, ''],
    ['converted', { state: 'converted' }, desk, ''],
  ] as const)('to who is %s (%o)', (_, more, who, deeds) => {
    expect(deedsFor(entry('a', more), who).join(' ')).toBe(deeds);
  });
});

describe('the one big button', () => {
  const waiting = [entry('a', { staff_wanted: 'you' }), entry('b', { rank: 1 })];
  const called = entry('c', { state: 'called', staff: 'me' });
  const serving = entry('s', { state: 'serving', staff: 'me' });
  it.each([
    ['ends what is under way', [...waiting, called, serving], 'me', 'finish s'],
    ['begins with whom one has called', [...waiting, called], 'me', 'start c'],
    ['calls the first who wants nobody else', [...waiting, { ...called, staff: 'you' }], 'me', 'next b'],
    ['calls whoever wants this one', waiting, 'you', 'next a'],
    ['has nothing to do', [waiting[0] as Entry], 'me', 'nothing '],
  ])('%s', (_, entries, staff, expected) => {
    const press = pressFor(sectionsOf(entries), staff);
    const id = 'entry' in press ? press.entry.id : 'first' in press ? press.first.id : '';
    expect(`${press.deed} ${id}`).toBe(expected);
  });
});

describe('another place', () => {
  const order = ['a', 'b', 'c', 'd'].map((id, at) => entry(id, { rank: (at + 1) * 10 }));
  it.each([
    ['c', 0, { before: 'a' }],
    ['a', 1, { after: 'b' }],
    ['a', 3, { after: 'd' }],
    ['a', 9, { after: 'd' }],
    ['d', -1, { before: 'a' }],
    ['b', 1, undefined],
    ['z', 1, undefined],
  ] as const)('%s to place %i', (id, to, place) => {
    expect(besides(order, id, to)).toEqual(place);
  });

  it.each([
    ['c', 0, 9],
    ['a', 1, 25],
    ['a', 3, 41],
  ])('%s at %i ranks between its neighbours', (id, to, rank) => {
    expect(rankAt(order, id, to)).toBe(rank);
  });
});
