import { expect, it } from 'vitest';
import { Fault } from '$lib/api/fault';
import { nearOf, whyNot } from './refusal';

const refusal = (code: string, particulars?: unknown) => new Fault({ code, status: 409, particulars });

it.each([
  ['slot_taken', ['staff_busy'], undefined],
  // It is taken, whatever else stands in its way.
  ['slot_taken', ['staff_off', 'staff_busy'], undefined],
  ['not_possible', ['staff_off'], 'then.off'],
  ['not_possible', ['closed', 'staff_off'], 'then.closed'],
  ['not_possible', ['horizon'], 'why.horizon'],
  ['not_possible', ['past'], 'why.notice'],
  ['not_possible', ['something_new'], undefined],
  ['not_possible', [], undefined],
])('%s because of %j is explained by %s', (code, reasons, key) => {
  expect(whyNot(refusal(code, { reasons, alternatives: [] }))).toBe(key);
});

it('finds the times near it', () => {
  const near = [{ start: '2026-11-21T10:00:00Z', end: '2026-11-21T11:00:00Z' }];
  expect(nearOf(refusal('slot_taken', { reasons: [], alternatives: near }))).toEqual(near);
  for (const none of [undefined, refusal('too_late_to_move'), Fault.offline()]) expect(nearOf(none)).toEqual([]);
});

it('has nothing to add where nothing is said', () => {
  expect(whyNot(refusal('not_possible'))).toBeUndefined();
});
