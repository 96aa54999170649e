import { expect, it } from 'vitest';
import { hueOf, isAddress, placeOf, shopsOf, type RegularVisit } from './list';

const visit = (shop: string, more: Partial<RegularVisit> = {}): RegularVisit => ({
  shop,
  shop_name: shop.toUpperCase(),
  hue: 190,
  location_name: 'Harbour',
  time_zone: 'America/New_York',
  title: 'Facial',
  status: 'confirmed',
  starts_at: '2026-03-09T14:00:00Z',
  ends_at: '2026-03-09T15:00:00Z',
  ...more,
});
const list = (coming: RegularVisit[], past: RegularVisit[]) => ({ email: 'ann@example.com', coming, past });

it('names each business once, the next one first', () => {
  const shops = shopsOf(list([visit('lagoon'), visit('chairs')], [visit('kirana'), visit('lagoon')]));
  expect(shops.map(({ slug }) => slug)).toEqual(['lagoon', 'chairs', 'kirana']);
  expect(shops[0]?.name).toBe('LAGOON');
  expect(shopsOf(list([], []))).toEqual([]);
});

it.each([
  [[visit('a'), visit('a')], 190],
  [[visit('a'), visit('b', { hue: 20 })], undefined],
  [[], undefined],
])('is in the colour of the only business: case %#', (visits, hue) => {
  expect(hueOf(list([], visits))).toBe(hue);
});

it.each([
  ['Harbour', 'LAGOON, Harbour'],
  ['LAGOON', 'LAGOON'],
])('says where: %s', (location_name, said) => {
  expect(placeOf(visit('lagoon', { location_name }))).toBe(said);
});

it.each([
  ['ann@example.com', true],
  [' ann@example.com ', true],
  ['', false],
  ['ann', false],
  ['ann@example', false],
  ['ann @example.com', false],
])('%j is an address: %s', (text, is) => {
  expect(isAddress(text)).toBe(is);
});
