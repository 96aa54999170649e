import { describe, expect, it } from 'vitest';
import { find } from './find';

const ENTRIES = ['Today', 'Team', 'Services', 'API keys', 'Einstellungen für Räume', 'Ángela Peña'].map((text) => ({
  id: text,
  text,
}));

describe('what is found', () => {
  it.each([
    ['', ENTRIES.map(({ text }) => text)],
    ['te', ['Team', 'Einstellungen für Räume']],
    ['t', ['Today', 'Team', 'Einstellungen für Räume']],
    ['key', ['API keys']],
    ['keys api', ['API keys']],
    ['raume fur', ['Einstellungen für Räume']],
    ['angela pena', ['Ángela Peña']],
    ['ervice', ['Services']],
    ['nothing', []],
  ])('%s', (typed, texts) => {
    expect(find(ENTRIES, typed).map(({ text }) => text)).toEqual(texts);
  });
});
