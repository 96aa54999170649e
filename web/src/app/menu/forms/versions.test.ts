import { describe, expect, it } from 'vitest';
import type { Schema } from '$lib/api/types';
import { differences, told } from './versions';

type Version = Schema<'FormVersionView'>;
const question = (key: string, label = key, required = false) =>
  ({ key, label, kind: 'text', required, choices: [] }) as Version['questions'][number];
const version = (number: number, questions: Version['questions'], more: Partial<Version> = {}): Version => ({
  version: number,
  name: 'Intake',
  text: null,
  created_at: '2026-01-01T00:00:00Z',
  questions,
  ...more,
});
const words = (before: Version | undefined, after: Version) =>
  differences(before, after).map(({ what, label }) => `${what} ${label}`.trim());

describe('versions of a form', () => {
  const first = version(1, [question('a'), question('b')]);

  it.each<[string, Version | undefined, Version, string[]]>([
    ['the first', undefined, first, ['begun Intake']],
    ['a question more', first, version(2, [question('a'), question('b'), question('c')]), ['added c']],
    ['a question less', first, version(2, [question('a')]), ['dropped b']],
    ['other words', first, version(2, [question('a', 'Why?'), question('b')]), ['question Why?']],
    ['an answer that must be', first, version(2, [question('a', 'a', true), question('b')]), ['question a']],
    ['another order', first, version(2, [question('b'), question('a')]), ['order']],
    ['one put between', first, version(2, [question('a'), question('c'), question('b')]), ['added c']],
    ['another name', first, version(2, first.questions, { name: 'Health' }), ['renamed Health']],
    ['another text', version(1, [], { text: 'I do' }), version(2, [], { text: 'I agree' }), ['reworded']],
    ['nothing', first, version(2, first.questions), ['same']],
  ])('%s', (_, before, after, expected) => {
    expect(words(before, after)).toEqual(expected);
  });
  it('come newest first', () => {
    const list = told([version(2, [question('a')]), first]);
    expect(list.map(({ version }) => version.version)).toEqual([2, 1]);
    expect(list[0]?.differences[0]?.what).toBe('dropped');
  });
});
