import { expect, it } from 'vitest';
import { closureOn, onDay } from './calendar';

const week = [{ weekday: 2, opens: '09:00', closes: '17:00' }];
const own = [
  { day: '2026-11-24', windows: [{ opens: '18:00', closes: '02:00' }] },
  { day: '2026-12-01', windows: [] },
];

it.each([
  ['2026-11-17', false, 'usual', [{ opens: 540, closes: 1020 }]],
  ['2026-11-18', false, 'usual', []],
  ['2026-11-24', false, 'own', [{ opens: 1080, closes: 1560 }]],
  ['2026-12-01', false, 'own', []],
  ['2026-11-24', true, 'closed', []],
])('%s, closed: %s', (day, closed, why, hours) => expect(onDay(day, week, own, closed)).toEqual({ day: hours, why }));

it('knows which closure is meant', () => {
  const closures = [
    { first_day: '2026-12-24', last_day: '2026-12-26', location_id: 'here' },
    { first_day: '2026-12-31', last_day: '2027-01-01' },
  ];
  expect(closureOn(closures, 'here', '2026-12-26')).toBe(closures[0]);
  expect(closureOn(closures, 'there', '2026-12-26')).toBeUndefined();
  expect(closureOn(closures, 'there', '2027-01-01')).toBe(closures[1]);
});
