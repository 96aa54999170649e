import type { Schema } from '$lib/api/types';

export type Question = Pick<Schema<'QuestionView'>, 'key' | 'kind' | 'label'>;
export type Answer = { question: string; answer: boolean | string; day: boolean };

/** Answers beside what was asked, in the order of the form; what no question is known of comes last, by its key. */
export function answered(given: unknown, questions: readonly Question[]): Answer[] {
  const answers = new Map(Object.entries((given ?? {}) as Record<string, boolean | string>));
  const known = questions.flatMap(({ key, label, kind }) => {
    const answer = answers.get(key);
    answers.delete(key);
    return answer === undefined ? [] : [{ question: label, answer, day: kind === 'date' }];
  });
  return [...known, ...[...answers].map(([question, answer]) => ({ question, answer, day: false }))];
}
