import { expect, it } from 'vitest';
import { PAGES } from '../pages';
import { newVisitAt } from './keys';
import { MORE } from './more';

it('knows every page without parameters that is not in the menu', () => {
  const known = new Set(MORE.map(({ page }) => page));
  // The way to one's own security stands in the palette by itself.
  const other = PAGES.filter(({ nav, path }) => !nav && !path.includes(':') && path !== '/app/security');
  expect(other.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([]);
});

it('leads to pages that there are', () => {
  const paths = PAGES.map(({ path }) => path);
  expect(MORE.map(({ page }) => page).filter((page) => !paths.includes(page))).toEqual([]);
});

it.each([
  ['/app', '/app?new'],
  ['/app/customers', '/app?new'],
  ['/app/day/2026-12-24', '/app/day/2026-12-24?new'],
  ['/app/week/2026-12-24', '/app?new'],
])('a new visit from %s', (path, to) => {
  expect(newVisitAt(path)).toBe(to);
});
