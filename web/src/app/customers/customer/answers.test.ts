import { expect, it } from 'vitest';
import { answered, type Question } from './answers';

const questions: Question[] = [
  { key: 'allergies', kind: 'yes_no', label: 'Any allergies?' },
  { key: 'since', kind: 'date', label: 'Since when?' },
  { key: 'skin', kind: 'choice', label: 'Which skin?' },
];

it.each([
  [null, []],
  [{}, []],
  [
    { since: '2026-01-02', allergies: false },
    [
      { question: 'Any allergies?', answer: false, day: false },
      { question: 'Since when?', answer: '2026-01-02', day: true },
    ],
  ],
  [{ gone: 'x', skin: 'dry' }, [
    { question: 'Which skin?', answer: 'dry', day: false },
    { question: 'gone', answer: 'x', day: false },
  ]],
])('sets %o beside the questions', (given, lines) => {
  expect(answered(given, questions)).toEqual(lines);
});
