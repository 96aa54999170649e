// What one version of a form has otherwise than the one before.
import type { Schema } from '$lib/api/types';

type Version = Schema<'FormVersionView'>;

export interface Difference {
  what: 'begun' | 'renamed' | 'reworded' | 'added' | 'dropped' | 'question' | 'order' | 'same';
  /** The question that it is about, or the name that it has then. */
  label: string;
}

export function differences(before: Version | undefined, after: Version): Difference[] {
  if (!before) return [{ what: 'begun', label: after.name }];
  const found: Difference[] = [];
  if (before.name !== after.name) found.push({ what: 'renamed', label: after.name });
  if ((before.text ?? '') !== (after.text ?? '')) found.push({ what: 'reworded', label: '' });

  const old = new Map(before.questions.map((question) => [question.key, question]));
  const now = new Set(after.questions.map(({ key }) => key));
  for (const question of after.questions) {
    const was = old.get(question.key);
    if (!was) found.push({ what: 'added', label: question.label });
    else if (JSON.stringify(inOrder(was)) !== JSON.stringify(inOrder(question)))
      found.push({ what: 'question', label: question.label });
  }
  for (const question of before.questions) {
    if (!now.has(question.key)) found.push({ what: 'dropped', label: question.label });
  }
  const stayed = (list: Version['questions'], others: { has: (key: string) => boolean }) =>
    list.map(({ key }) => key).filter((key) => others.has(key)).join(' ');
  if (stayed(before.questions, now) !== stayed(after.questions, old)) found.push({ what: 'order', label: '' });
  return found.length > 0 ? found : [{ what: 'same', label: '' }];
}

const inOrder = ({ kind, label, required, choices }: Version['questions'][number]) => [kind, label, required, choices];

/** The versions, the newest first, each with what it changed. */
export function told(versions: readonly Version[]): { version: Version; differences: Difference[] }[] {
  const rising = [...versions].sort((a, b) => a.version - b.version);
  return rising.map((version, at) => ({ version, differences: differences(rising[at - 1], version) })).reverse();
}
