import { expect, it } from 'vitest';
import type { Package, Service } from './choice';
import { grouped, sought } from './menu';

const services = [
  { id: '1', name: 'Épilation', description: 'Warm wax', category: 'Waxing', category_id: 'w' },
  { id: '2', name: 'Facial', description: '', category: 'Faces', category_id: 'f' },
  { id: '3', name: 'Chin', description: '', category: 'Waxing', category_id: 'w' },
] as Service[];
const packages = [
  { id: '4', name: 'Glow', description: '', category: 'Faces', category_id: 'f', items: [{ name: 'Massage' }] },
] as unknown as Package[];

it('keeps the order of the menu', () => {
  const told = grouped(services, packages).map(({ name, services, packages }) => [
    name,
    ...services.map(({ id }) => id),
    ...packages.map(({ id }) => id),
  ]);
  expect(told).toEqual([
    ['Waxing', '1', '3'],
    ['Faces', '2', '4'],
  ]);
});

it.each([
  ['', ['1', '3', '2', '4']],
  ['epil', ['1']],
  ['WAX', ['1', '3']],
  ['wax chin', ['3']],
  ['massage', ['4']],
  ['nothing', []],
])('finds %s', (words, expected) => {
  const found = sought(grouped(services, packages), words);
  expect(found.flatMap(({ services, packages }) => [...services, ...packages].map(({ id }) => id))).toEqual(expected);
});
