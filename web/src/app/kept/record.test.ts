import { expect, it } from 'vitest';
import type { MeView, Membership } from '$lib/api/types';
import { isAway, isFresh, LONGEST, OWNER, ownerOf, shownOf, type Kept } from './record';

const NOW = Date.parse('2026-03-09T14:05:00Z');
const kept = (value: unknown, age = 0): Kept => ({ at: NOW - age, value });

it.each([
  ['just now', 0, true],
  ['two days ago', LONGEST, true],
  ['longer ago', LONGEST + 1, false],
  ['by a clock that is a little fast', -60_000, true],
  ['by a clock that was wrong', -3_600_000, false],
])('how things stood %s', (_, age, fresh) => {
  expect(isFresh(kept('x', age), NOW)).toBe(fresh);
});

const me = (id: string) => ({ user: { id } }) as MeView;
const at = (id: string, ...permissions: string[]) => ({ tenant: { id }, permissions }) as unknown as Membership;

it('is shown to the same person in the same business who may see the same', () => {
  const own = ownerOf(me('usr_1'), at('ten_1', 'booking:read', 'queue:read'));
  expect(ownerOf(me('usr_1'), at('ten_1', 'queue:read', 'booking:read'))).toBe(own);
  expect(ownerOf(me('usr_2'), at('ten_1', 'booking:read', 'queue:read'))).not.toBe(own);
  expect(ownerOf(me('usr_1'), at('ten_2', 'booking:read', 'queue:read'))).not.toBe(own);
  expect(ownerOf(me('usr_1'), at('ten_1', 'booking:read_own'))).not.toBe(own);
});

it('shows what is fresh, to nobody but its owner', () => {
  const all = new Map([
    [OWNER, kept('usr_1 ten_1', LONGEST * 3)],
    ['day', kept('the day')],
    ['staff', kept('the staff', LONGEST + 1)],
  ]);
  expect([...shownOf(all, 'usr_1 ten_1', NOW).keys()]).toEqual(['day']);
  expect(shownOf(all, 'usr_2 ten_1', NOW).size).toBe(0);
  expect(shownOf(all, undefined, NOW).size).toBe(0);
  all.delete(OWNER);
  expect(shownOf(all, undefined, NOW).size).toBe(0);
  expect(shownOf(all, 'usr_1 ten_1', NOW).size).toBe(0);
});

it.each([
  ['offline', 0, true],
  ['unknown', 502, true],
  ['database_away', 503, true],
  ['unknown', 500, false],
  ['not_signed_in', 401, false],
  ['not_allowed', 403, false],
])('nobody answered: %s %i', (code, status, away) => {
  expect(isAway({ code, status })).toBe(away);
});
