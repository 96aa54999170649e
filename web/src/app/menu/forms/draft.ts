// An intake form or a consent as an editor holds it.
import type { Schema } from '$lib/api/types';

export type FormView = Schema<'FormView'>;
export type Kind = Schema<'QuestionKindWord'>;
export const KINDS = ['text', 'long_text', 'yes_no', 'choice', 'date'] as const satisfies readonly Kind[];

export interface Question {
  mark: number;
  /** Kept, so that answers to old and new versions can be compared. */
  key: string | undefined;
  kind: Kind;
  label: string;
  required: boolean;
  /** What can be chosen, line by line. Stays while somebody tries other kinds. */
  choices: string;
}

export interface Draft {
  kind: Schema<'FormKindWord'>;
  name: string;
  text: string;
  questions: Question[];
}

export function draftOf(form: Pick<FormView, 'kind' | 'name' | 'text' | 'questions'> | undefined): Draft {
  if (!form) return { kind: 'intake', name: '', text: '', questions: asked([], 'yes_no') };
  return {
    kind: form.kind,
    name: form.name,
    text: form.text ?? '',
    questions: form.questions.map(({ key, kind, label, required, choices }, mark) => ({
      mark,
      key,
      kind,
      label,
      required,
      choices: choices.join('\n'),
    })),
  };
}

/** One more question at the end. */
export function asked(questions: readonly Question[], kind: Kind): Question[] {
  const mark = Math.max(-1, ...questions.map((each) => each.mark)) + 1;
  return [...questions, { mark, key: undefined, kind, label: '', required: false, choices: '' }];
}

/** The choices as they are typed: one in each line, none twice. */
export function choicesOf(typed: string): string[] {
  return [...new Set(typed.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

export type Amiss = 'name' | 'label' | 'choices' | 'questions' | 'text';

export function wrong(draft: Draft): Record<string, Amiss> {
  const found: Record<string, Amiss> = {};
  if (draft.name.trim() === '') found['/name'] = 'name';
  if (draft.kind === 'consent') {
    if (draft.text.trim() === '') found['/text'] = 'text';
    return found;
  }
  if (draft.questions.length === 0) found['/questions'] = 'questions';
  for (const [at, question] of draft.questions.entries()) {
    if (question.label.trim() === '') found[`/questions/${at}/label`] = 'label';
    if (question.kind === 'choice' && choicesOf(question.choices).length < 2) found[`/questions/${at}/choices`] = 'choices';
  }
  return found;
}

export interface Body {
  name: string;
  text?: string;
  questions?: Schema<'NewQuestion'>[];
}

export function bodyOf(draft: Draft): Body {
  const name = draft.name.trim();
  if (draft.kind === 'consent') return { name, text: draft.text.trim() };
  return {
    name,
    questions: draft.questions.map(({ key, kind, label, required, choices }) => ({
      ...(key !== undefined && { key }),
      kind,
      label: label.trim(),
      required,
      choices: kind === 'choice' ? choicesOf(choices) : [],
    })),
  };
}
