import { describe, expect, it } from 'vitest';
import { asked, bodyOf, choicesOf, draftOf, wrong, type FormView } from './draft';

const intake = {
  id: 'frm_1',
  version: 2,
  kind: 'intake',
  name: 'Before a massage',
  text: null,
  questions: [
    { key: 'allergies', kind: 'long_text', label: 'Any allergies?', required: true, choices: [] },
    { key: 'pressure', kind: 'choice', label: 'How firm?', required: false, choices: ['Soft', 'Firm'] },
  ],
} as FormView;

describe('a form in the editor', () => {
  it('says the same there and back, and keeps its questions’ keys', () => {
    expect(bodyOf(draftOf(intake))).toEqual({ name: intake.name, questions: intake.questions });
    const consent = { ...intake, kind: 'consent', text: 'I agree.', questions: [] } as FormView;
    expect(bodyOf(draftOf(consent))).toEqual({ name: intake.name, text: 'I agree.' });
  });
  it('gives a new question no key, and a mark of its own', () => {
    const questions = asked(draftOf(intake).questions, 'date');
    expect(questions.map(({ mark }) => mark)).toEqual([0, 1, 2]);
    expect(bodyOf({ ...draftOf(intake), questions }).questions?.[2]).toEqual({
      kind: 'date',
      label: '',
      required: false,
      choices: [],
    });
  });
  it('keeps choices while another kind is tried, and doesn’t send them', () => {
    const draft = draftOf(intake);
    const second = draft.questions[1];
    if (second) second.kind = 'text';
    expect(bodyOf(draft).questions?.[1]?.choices).toEqual([]);
    if (second) second.kind = 'choice';
    expect(bodyOf(draft).questions?.[1]?.choices).toEqual(['Soft', 'Firm']);
  });
  it('reads choices line by line', () => {
    expect(choicesOf(' Soft \n\nFirm\nSoft\n')).toEqual(['Soft', 'Firm']);
  });
  it('says what is missing, by the field', () => {
    const draft = draftOf(undefined);
    expect(wrong(draft)).toEqual({ '/name': 'name', '/questions/0/label': 'label' });
    expect(wrong({ ...draft, questions: [] })).toEqual({ '/name': 'name', '/questions': 'questions' });
    expect(wrong({ ...draft, kind: 'consent', name: 'Photos' })).toEqual({ '/text': 'text' });
    const choice = asked([], 'choice').map((each) => ({ ...each, label: 'Which?', choices: 'One' }));
    expect(wrong({ ...draft, name: 'Which', questions: choice })).toEqual({ '/questions/0/choices': 'choices' });
  });
});
