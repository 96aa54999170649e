import { expect, it } from 'vitest';
import { reasonOf } from './why';

it.each([
  [[], 'why.full'],
  [['staff_busy', 'room_busy'], 'why.full'],
  [['staff_off', 'staff_busy'], 'why.full'],
  [['staff_off'], 'why.off'],
  [['staff_off', 'closed'], 'why.closed'],
  [['past'], 'why.notice'],
  [['horizon', 'staff_off'], 'why.horizon'],
  [['something_new'], 'why.full'],
])('%o is told as %s', (codes, expected) => {
  expect(reasonOf(codes)).toBe(expected);
});
