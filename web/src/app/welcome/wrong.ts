import { wrongOf } from './draft';
import type { StepName } from './steps';
import type { Walk } from './walk.svelte';

/** An address to write to, as far as one can tell by looking at it. */
export const isMail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());

/** Whether something of a step can't be saved as it is. */
export function wrongIn(walk: Walk, step: StepName): boolean {
  const { lines, people, look, tenant } = walk;
  if (step === 'services') return lines.some((line) => wrongOf(line, tenant.currency).length > 0);
  if (step === 'hours') return !walk.sound;
  if (step === 'look') return look.name.trim() === '';
  if (step !== 'people') return false;
  const serving = people.filter(({ on, id, name }) => on && (id !== undefined || name.trim() !== ''));
  return (
    serving.length === 0 ||
    serving.some(({ name }) => name.trim() === '') ||
    people.some(({ on, email }) => on && email.trim() !== '' && !isMail(email))
  );
}
