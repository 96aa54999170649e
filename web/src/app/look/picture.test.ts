import { expect, it } from 'vitest';
import { chosen, drawnAs, drawnAt, fit, goesAsItIs, isSvg, isTooSmall } from './picture';

it.each([
  [{ width: 100, height: 60 }, { width: 512, height: 512 }, { width: 100, height: 60 }],
  [{ width: 2000, height: 500 }, { width: 512, height: 512 }, { width: 512, height: 128 }],
  [{ width: 4032, height: 3024 }, { width: 1600, height: 1000 }, { width: 1333, height: 1000 }],
  [{ width: 10_000, height: 3 }, { width: 1600, height: 1000 }, { width: 1600, height: 1 }],
])('%o fits into %o', (size, most, fits) => {
  expect(fit(size, most)).toEqual(fits);
});

it('sends what is small and readable as it is', () => {
  const size = { width: 1000, height: 1000 };
  expect(goesAsItIs({ size: 200_000, type: 'image/png' }, size)).toBe(true);
  expect(goesAsItIs({ size: 8_000_000, type: 'image/jpeg' }, size)).toBe(false);
  // A browser that reads it draws it as something that the server reads, too.
  expect(goesAsItIs({ size: 200_000, type: 'image/heic' }, size)).toBe(false);
  expect(goesAsItIs({ size: 200_000, type: 'image/png' }, { width: 9000, height: 9000 })).toBe(false);
});

it('draws a logo to be seen through, and a photo no larger than it is shown', () => {
  expect([drawnAs('logo'), drawnAs('photo')]).toEqual(['image/png', 'image/jpeg']);
  expect(drawnAt('logo', { width: 4000, height: 2000 })).toEqual({ width: 1024, height: 512 });
  expect(drawnAt('photo', { width: 4000, height: 2000 })).toEqual({ width: 1600, height: 800 });
});

it('knows what is no picture', () => {
  expect(isSvg({ name: 'mark.SVG', type: '' })).toBe(true);
  expect(isSvg({ name: 'mark', type: 'image/svg+xml' })).toBe(true);
  expect(isSvg({ name: 'svg.png', type: 'image/png' })).toBe(false);
  expect(isTooSmall('logo', { width: 31, height: 500 })).toBe(true);
  expect(isTooSmall('logo', { width: 32, height: 32 })).toBe(false);
  expect(isTooSmall('photo', { width: 1600, height: 239 })).toBe(true);
});

it('takes the picture of several files', () => {
  const text = { type: 'text/plain' };
  const png = { type: 'image/png' };
  expect(chosen([text, png])).toBe(png);
  expect(chosen([text])).toBe(text);
  expect(chosen([])).toBeUndefined();
});
