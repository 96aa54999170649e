import { describe, expect, it } from 'vitest';
import { seriesOf, shapeOf, wrongIn, type One, type Plan } from './plan';

const plan: Plan = { every: 'week', step: '2', ends: 'count', count: '4', until: '' };
const one: One = {
  location: 'loc_1',
  start: '2026-12-01T09:00:00Z',
  wanted: { services: [{ service: 'svc_1', addons: [] }], party: 1 },
  staff_note: 'by the window',
};

describe('what is wrong in the fields', () => {
  it.each<[Partial<Plan>, string[]]>([
    [{}, []],
    [{ step: '0' }, ['step']],
    [{ step: '' }, ['step']],
    [{ step: '1.5' }, ['step']],
    [{ step: '53' }, ['step']],
    [{ count: '1' }, ['count']],
    [{ count: '52' }, []],
    [{ count: '53' }, ['count']],
    [{ ends: 'until' }, ['until']],
    [{ ends: 'until', until: '2026-12-01' }, ['until']],
    [{ ends: 'until', until: '2026-12-02', count: '' }, []],
  ])('%o', (change, wrong) => {
    expect(Object.keys(wrongIn({ ...plan, ...change }, '2026-12-01'))).toEqual(wrong);
  });
});

describe('what is asked for', () => {
  it('is one visit and how it comes again, without what only one visit has', () => {
    const { location, start, wanted } = one;
    const common = { location, start, wanted, every: 'week', step: 2, skip: [], shift: [], preview: false };
    expect(seriesOf(one, plan, new Map())).toEqual({ ...common, count: 4 });
    expect(seriesOf(one, { ...plan, ends: 'until', until: '2027-01-31' }, new Map())).toEqual({ ...common, until: '2027-01-31' });
  });

  it('says nothing about places that are no longer there', () => {
    const remedies = new Map([[2, { skip: true as const }], [5, { skip: true as const }]]);
    expect(seriesOf(one, plan, remedies)).toMatchObject({ skip: [2] });
    expect(seriesOf(one, { ...plan, count: '5' }, remedies)).toMatchObject({ skip: [2, 5] });
  });
});

it('has another shape only where the times may be others', () => {
  const shape = shapeOf(one, plan);
  expect(shapeOf({ ...one, staff_note: '', customer: { name: 'Ines' } as never }, { ...plan, count: '9' })).toBe(shape);
  expect(shapeOf({ ...one, start: '2026-12-01T10:00:00Z' }, plan)).not.toBe(shape);
  expect(shapeOf(one, { ...plan, step: '3' })).not.toBe(shape);
  expect(shapeOf(one, { ...plan, ends: 'until', until: '2027-01-31' })).not.toBe(shape);
});
