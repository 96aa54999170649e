import { expect, it } from 'vitest';
import { figure, lasting, room, share, standOf } from './readings';

it.each([
  [0, 5, false, 'well'],
  [4.9, 5, false, 'well'],
  [5, 5, false, 'few'],
  [80, 25, false, 'few'],
  [80, 25, true, 'bad'],
  [0, 0, false, 'well'],
] as const)('%d of %d (bad: %s) stands %s', (value, threshold, bad, stand) =>
  expect(standOf({ value, threshold, bad })).toBe(stand));

it.each([
  [0, 5, 0],
  [1, 4, 0.25],
  [9, 4, 1],
  [-1, 4, 0],
  [0, 0, 0],
  [1, 0, 1],
])('%d on the way to %d is %d', (value, threshold, expected) => expect(share(value, threshold)).toBe(expected));

it.each([
  ['error_rate', 0, '0%'],
  ['error_rate', 0.44, '0.4%'],
  ['message_failures', 25.4, '25%'],
  ['webhook_failures', 100, '100%'],
  ['dead_jobs', 1234, '1,234'],
  ['job_lag', 0, '0 seconds'],
  ['job_lag', 1.4, '1 second'],
  ['job_lag', 90, '90 seconds'],
  ['job_lag', 600, '10 minutes'],
] as const)('%s of %d reads %s', (condition, value, text) => expect(figure(condition, value, 'en')).toBe(text));

it.each([
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7200, '2 hours'],
  [172_800, '2 days'],
])('%d seconds last %s', (seconds, text) => expect(lasting(seconds, 'en')).toBe(text));

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '1.5 kB'],
  [12_345_678, '12 MB'],
  [3_200_000_000, '3.2 GB'],
  [9e15, '9,000 TB'],
])('%d bytes take %s', (bytes, text) => expect(room(bytes, 'en')).toBe(text));
