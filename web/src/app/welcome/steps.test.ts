import { describe, expect, it } from 'vitest';
import { after, before, firstUndone, isStep, readKept, traced, writeKept, type Traces } from './steps';

const fresh: Traces = {
  services: [1, 1, 1],
  staff: [1],
  location: { version: 1, address: '' },
  tenant: { version: 1 },
};

describe('what a shop tells of the steps that are behind one', () => {
  it.each<[string, Partial<Traces>, string[]]>([
    ['a fresh one nothing', {}, []],
    ['a price that was changed', { services: [1, 2, 1] }, ['services']],
    ['other hours', { location: { version: 2, address: '' } }, ['hours']],
    ['an address, which is no hours', { location: { version: 2, address: '7 Shore Road' } }, ['look']],
    ['both', { location: { version: 3, address: '7 Shore Road' } }, ['hours', 'look']],
    ['somebody who was added', { staff: [1, 3] }, ['people']],
    ['skills of the only one', { staff: [3] }, []],
    ['another colour', { tenant: { version: 2 } }, ['look']],
  ])('%s', (_, more, steps) => {
    expect(traced({ ...fresh, ...more })).toEqual(steps);
  });
});

it('goes on at the first step that is left', () => {
  expect(firstUndone([])).toBe('services');
  expect(firstUndone(['services', 'people'])).toBe('hours');
  expect(firstUndone(['services', 'hours', 'people', 'look', 'open'])).toBe('open');
  expect([after('services'), after('open')]).toEqual(['hours', 'open']);
  expect([before('hours'), before('services')]).toEqual(['services', undefined]);
});

it.each([
  [null, []],
  ['', []],
  ['look services', ['services', 'look']],
  ['{"sly":1} hours hours', ['hours']],
])('reads what a device kept: %o', (text, steps) => {
  expect(readKept(text)).toEqual(steps);
  expect(readKept(writeKept(readKept(text)))).toEqual(steps);
});

it('knows a step by its name', () => {
  expect([isStep('hours'), isStep('toString'), isStep(null)]).toEqual([true, false, false]);
});
