import { expect, test } from 'vitest';
import { backFrom } from './back';
import type { Aim } from './deeds.svelte';
import type { Line } from './visits';

const START = '2026-11-22T10:00:00Z';
const LATER = '2026-11-22T12:00:00Z';
const line = (staff: string, room?: string, room_chosen = false) => ({ customer: 1, staff, room, room_chosen }) as unknown as Line;
const visit = (lines: Line[], more: object = {}) => ({ starts_at: START, location: 'here', lines, party: 1, overridden: false, ...more });

test.each<[string, Aim, ReturnType<typeof visit>, Aim | undefined]>([
  ['a time', { start: LATER }, visit([line('ann')]), { start: START }],
  ['a person', { start: LATER, staff: ['ben'] }, visit([line('ann'), line('ann')]), { start: START, staff: ['ann'] }],
  ['whoever can', { start: LATER, staff: [] }, visit([line('ann')]), { start: START, staff: ['ann'] }],
  ['two people who became one', { start: LATER, staff: ['ann'] }, visit([line('ann'), line('ben')]), undefined],
  ['two people who stay', { start: LATER }, visit([line('ann'), line('ben')]), { start: START }],
  ['a room', { start: LATER, room: 'b' }, visit([line('ann', 'a')]), { start: START, room: 'a' }],
  ['two rooms that became one', { start: LATER, room: 'b' }, visit([line('ann', 'a'), line('ann', 'c')]), undefined],
  ['two rooms, by the clock only', { start: LATER }, visit([line('ann', 'a', true), line('ann', 'c', true)]), { start: START }],
  ['a place', { start: LATER, location: 'there' }, visit([line('ann', 'a')]), { start: START, location: 'here' }],
  ['a place with a chosen room', { start: LATER, location: 'there' }, visit([line('ann', 'a', true)]), { start: START, location: 'here', room: 'a' }],
  [
    'a place with two chosen rooms',
    { start: LATER, location: 'there' },
    visit([line('ann', 'a', true), line('ann', 'c', true)]),
    undefined,
  ],
  ['over something', { start: LATER }, visit([line('ann')], { overridden: true }), { start: START, over: true }],
])('back from %s', (_, moved, before, back) => expect(backFrom(moved, before, true)).toEqual(back));

test('who may not put one over another does not try', () => {
  expect(backFrom({ start: LATER }, visit([line('ann')], { overridden: true }), false)).toEqual({ start: START });
});
