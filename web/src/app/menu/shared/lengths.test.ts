import { describe, expect, it } from 'vitest';
import { minutesTyped, spell } from './lengths';

describe('spell', () => {
  it.each([
    [0, '0 min'],
    [45, '45 min'],
    [60, '1 hr'],
    [90, '1 hr 30 min'],
    [1440, '1 day'],
    [2880, '2 days'],
    [1500, '25 hr'],
  ])('%i minutes', (minutes, said) => {
    expect(spell(minutes, 'en')).toBe(said);
  });
});

describe('minutesTyped', () => {
  it.each([
    ['60', 60],
    [' 5 ', 5],
    ['1:30', 90],
    ['1h', 60],
    ['1h 5', 65],
    ['0', 0],
    ['', undefined],
    ['an hour', undefined],
    ['1:75', undefined],
    ['-5', undefined],
  ])('%j', (text, minutes) => {
    expect(minutesTyped(text)).toBe(minutes);
  });
});
