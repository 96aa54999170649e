// The forms and consents that a shop asks for before a visit, as they are filled in.
import type { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';

export type Form = Schema<'PublicFormView'>;
export type Asking = Schema<'AskingView'>;
export type Answers = Record<string, Record<string, string | boolean>>;

/** The texts of what is asked, in its order; undefined if the page that is shown is too old to know one. */
export function textsOf(asked: Asking[], forms: Form[]): Form[] | undefined {
  const found = asked.map(({ form, version }) => forms.find((each) => each.id === form && each.version === version));
  return found.every((each) => each !== undefined) ? found : undefined;
}

/** A question keeps its own direction, whatever the page's is. */
export const apart = (text: string): string => `\u2068${text}\u2069`;

export function filledIn(forms: Form[], answers: Answers): Schema<'FilledInInput'>[] {
  return forms
    .filter(({ kind }) => kind === 'intake')
    .map(({ id, version }) => ({ form: id, version, answers: answers[id] ?? {} }));
}

export function agreedTo(forms: Form[], agreed: Record<string, boolean>): Schema<'AgreedInput'>[] {
  return forms
    .filter(({ id, kind }) => kind === 'consent' && agreed[id])
    .map(({ id, version }) => ({ form: id, version }));
}

/** Names one question, or one consent, among what is missing. */
export const at = (form: string, key = ''): string => `${form}/${key}`;

/** What must be answered and isn't. */
export function missing(forms: Form[], answers: Answers, agreed: Record<string, boolean>): Set<string> {
  const open = new Set<string>();
  for (const form of forms) {
    if (form.kind === 'consent' && !agreed[form.id]) open.add(at(form.id));
    for (const { key, required } of form.questions) {
      const answer = answers[form.id]?.[key];
      const given = typeof answer === 'boolean' || (answer ?? '').trim() !== '';
      if (required && !given) open.add(at(form.id, key));
    }
  }
  return open;
}

/** What the server says of one question. */
export function saidOf(fault: Fault | undefined, forms: Form[], form: string, key: string): string | undefined {
  const place = forms.filter(({ kind }) => kind === 'intake').findIndex(({ id }) => id === form);
  return fault?.field(`/answers/${place}/answers/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}
