import { expect, it } from 'vitest';
import { guessCountry, guessZone, zoneName } from './guess';

it.each([
  [['en-GB', 'en'], 'GB'],
  [['fr', 'de-AT'], 'AT'],
  [['de'], 'DE'],
  [['zh-Hant-TW'], 'TW'],
  [['not a tag', 'es-MX'], 'MX'],
  [[], 'US'],
])('guesses the country of %o', (languages, country) => {
  expect(guessCountry(languages)).toBe(country);
});

it('takes the device’s zone only if the country has it', () => {
  const zones = ['America/New_York', 'America/Chicago'];
  expect(guessZone('America/Chicago', zones, 'America/New_York')).toBe('America/Chicago');
  expect(guessZone('Europe/Berlin', zones, 'America/New_York')).toBe('America/New_York');
});

it('names a zone as people do', () => {
  expect(zoneName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  expect(zoneName('UTC')).toBe('UTC');
});
