import { expect, test } from 'vitest';
import { ableAt, comeAlong } from './elsewhere';

const person = (id: string, at: string[], can: string[]) =>
  ({ id, hours: at.map((location_id) => ({ location_id })), skills: can.map((service_id) => ({ service_id })) }) as never;
const staff = [person('ann', ['here'], ['cut']), person('ben', ['here', 'there'], ['cut', 'dye']), person('cem', ['there'], ['dye'])] as {
  id: string;
  hours: never[];
  skills: never[];
}[];
const visit = (...lines: [service: string, staff: string][]) =>
  ({ location: 'here', lines: lines.map(([service, whom]) => ({ service, staff: whom })) }) as never;
const names = (found: { id: string }[]) => found.map(({ id }) => id);

test.each([
  ['at its own place, whoever can do it', visit(['cut', 'ann']), 'here', '', ['ann', 'ben']],
  ['and who has it, even if they no longer can', visit(['dye', 'ann']), 'here', 'ann', ['ann', 'ben', 'cem']],
  ['at another, who works there', visit(['cut', 'ann']), 'there', 'ann', ['ben']],
  ['all of it', visit(['cut', 'ben'], ['dye', 'ben']), 'there', 'ben', ['ben']],
])('%s', (_, of, location, asked, found) => expect(names(ableAt(staff, of, location, asked))).toEqual(found));

test.each([
  ['nobody leaves', visit(['cut', 'ann']), 'here', true],
  ['who works at both', visit(['cut', 'ben']), 'there', true],
  ['who works at one', visit(['cut', 'ann']), 'there', false],
  ['one of two', visit(['cut', 'ben'], ['cut', 'ann']), 'there', false],
])('%s', (_, of, location, come) => expect(comeAlong(staff, of, location)).toBe(come));
