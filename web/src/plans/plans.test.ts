import { expect, it } from 'vitest';
import type { Service } from '../book/choice';
import { opened, shareOf, type Plan } from './plans';

const service = (id: string, members_only: boolean) => ({ id, members_only }) as Service;
const services = [service('bath', true), service('facial', false), service('sauna', true)];

it.each([
  [[], []],
  [['bath'], ['bath']],
  // In the order of the menu.
  [['sauna', 'bath'], ['bath', 'sauna']],
  // By now it is for everybody, or isn't on the menu any more.
  [['facial', 'gone'], []],
])('a plan with %j opens %j', (service_ids, expected) => {
  expect(opened({ service_ids: service_ids as string[] } as Plan, { services }).map(({ id }) => id)).toEqual(expected);
});

it.each([
  ['en', 10, '10%'],
  ['de', 15, '15\u00a0%'],
  ['en', 100, '100%'],
])('%s: %d is %s', (tag, discount_percent, expected) => {
  expect(shareOf({ discount_percent }, tag)).toBe(expected);
});
