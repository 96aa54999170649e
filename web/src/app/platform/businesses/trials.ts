/** Whether a business is on trial, or was when nothing came after it; undefined on a plan that is no trial. */
export function trialOf(
  { plan, trial_ends_at }: { plan: string; trial_ends_at?: string | null },
  now: number,
): 'runs' | 'over' | undefined {
  if (plan !== 'trial' || !trial_ends_at) return undefined;
  return Date.parse(trial_ends_at) > now ? 'runs' : 'over';
}
