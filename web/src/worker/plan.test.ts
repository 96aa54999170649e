import { expect, it } from 'vitest';
import { cacheOf, isOf, languageOf, outlived, planFor, spoken, wanted } from './plan';

const HERE = 'https://openchair.example';

it.each([
  ['/app', 'navigate', 'page'],
  ['/app/day/2026-03-09?visit=x', 'navigate', 'page'],
  ['/apple', 'navigate', 'none'],
  ['/sign-in', 'navigate', 'none'],
  ['/assets/app-Ab12Cd34.js', 'cors', 'asset'],
  ['/v1/me', 'cors', 'none'],
  ['/sw.js', 'same-origin', 'none'],
  ['https://elsewhere.example/assets/x.js', 'cors', 'none'],
] as const)('%s as %s: %s', (path, mode, plan) => {
  expect(planFor({ method: 'GET', mode, url: new URL(path, HERE).href }, HERE)).toBe(plan);
  expect(planFor({ method: 'POST', mode, url: new URL(path, HERE).href }, HERE)).toBe('none');
});

it('keeps the build before this one, and no older', () => {
  const names = [cacheOf('a'), 'somebody-elses', cacheOf('b'), cacheOf('c')];
  expect(outlived(names, 'c')).toEqual([cacheOf('a')]);
  expect(outlived([cacheOf('c')], 'c')).toEqual([]);
  expect(outlived([cacheOf('b'), cacheOf('c')], 'c')).toEqual([]);
});

const FILES = ['/assets/app-Ab12Cd34.js', '/assets/words-ui-de-Ab12Cd34.js', '/assets/words-day-de-Ab-2C_34.js', '/assets/words-app-fr-Ab12Cd34.js'];

it('keeps words only in the languages that are spoken', () => {
  expect(FILES.map(languageOf)).toEqual([undefined, 'de', 'de', 'fr']);
  expect(languageOf('/assets/deeds-Ab12Cd34.js')).toBeUndefined();
  expect(wanted(FILES, ['de'])).toEqual(FILES.slice(0, 3));
  expect(wanted(FILES, [])).toEqual(FILES.slice(0, 1));
  expect(spoken(FILES)).toEqual(['de', 'fr']);
});

it.each([
  ['<script type="module" src="/assets/app-Ab12Cd34.js"></script>', true],
  ['<script type="module" src="/assets/app-Ef56Gh78.js"></script>', false],
  ['<link href="/assets/app-Ef56Gh78.css"><script src="/assets/app-Ab12Cd34.js"></script>', false],
  ['<h1>Bad gateway</h1>', false],
])('whether a page is of this build: %s', (html, is) => {
  expect(isOf(FILES, html)).toBe(is);
});
