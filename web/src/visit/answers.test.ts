import { expect, it } from 'vitest';
import { Fault } from '$lib/api/fault';
import { agreedTo, filledIn, missing, saidOf, textsOf, type Form } from './answers';

const consent: Form = { id: 'c', kind: 'consent', name: 'Consent', questions: [], text: 'I agree.', version: 2 };
const intake: Form = {
  id: 'i',
  kind: 'intake',
  name: 'Before',
  version: 3,
  questions: [
    { key: 'why', kind: 'text', label: 'Why?', required: true, choices: [] },
    { key: 'a/b', kind: 'yes_no', label: 'Allergic?', required: true, choices: [] },
    { key: 'more', kind: 'long_text', label: 'More?', required: false, choices: [] },
  ],
};
const forms = [consent, intake];

it.each([
  [{}, {}, ['c/', 'i/why', 'i/a/b']],
  [{ i: { why: '  ', 'a/b': false } }, { c: true }, ['i/why']],
  [{ i: { why: 'Spots', 'a/b': false } }, { c: true }, []],
])('of %o and %o, this is missing: %o', (answers, agreed, expected) => {
  expect([...missing(forms, answers as never, agreed as never)]).toEqual(expected);
});

it('sends answers and consents under the version that was shown', () => {
  expect(filledIn(forms, { i: { why: 'Spots' } })).toEqual([{ form: 'i', version: 3, answers: { why: 'Spots' } }]);
  expect(agreedTo(forms, { c: true })).toEqual([{ form: 'c', version: 2 }]);
  expect(agreedTo(forms, {})).toEqual([]);
});

it('knows that a page is too old for what is asked', () => {
  const asked = (version: number) => [{ form: 'i', kind: 'intake', name: 'Before', version }];
  expect(textsOf(asked(3), forms)).toEqual([intake]);
  expect(textsOf(asked(4), forms)).toBeUndefined();
});

it('finds what the server says of a question', () => {
  const fault = new Fault({
    code: 'validation_failed',
    fields: [{ field: '/answers/0/answers/a~1b', code: 'required', detail: 'Please answer this.' }],
  });
  expect(saidOf(fault, forms, 'i', 'a/b')).toBe('Please answer this.');
  expect(saidOf(fault, forms, 'i', 'why')).toBeUndefined();
});
