import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

type Account = Schema<'PaymentAccountView'>;

/** How far an account is, in one word that the catalogue has a sentence for. */
export type Standing = 'off' | 'none' | 'begun' | 'checked' | 'held' | 'ready';

export const STANDINGS: Record<Standing, { glyph: string; tone: Tone }> = {
  off: { glyph: '–', tone: 'off' },
  none: { glyph: '○', tone: 'off' },
  begun: { glyph: '◐', tone: 'warn' },
  checked: { glyph: '◐', tone: 'wait' },
  held: { glyph: '!', tone: 'warn' },
  ready: { glyph: '✓', tone: 'good' },
};

export function standingOf({
  offered,
  connected,
  details_submitted,
  charges_enabled,
  payouts_enabled,
  requirements,
}: Pick<
  Account,
  'offered' | 'connected' | 'details_submitted' | 'charges_enabled' | 'payouts_enabled' | 'requirements'
>): Standing {
  if (!offered) return 'off';
  if (!connected) return 'none';
  if (charges_enabled) return payouts_enabled ? 'ready' : 'held';
  return details_submitted && requirements.length === 0 ? 'checked' : 'begun';
}

/** Whether the business may begin at the provider's pages. */
export function begins({ connected, stripe_offered }: Pick<Account, 'connected' | 'stripe_offered'>): boolean {
  return !connected && stripe_offered;
}

/** Whether there is something to do on the provider's pages. */
export function goesOn(account: Parameters<typeof standingOf>[0]): boolean {
  return standingOf(account) === 'begun' || (account.connected && account.requirements.length > 0);
}

/** What the provider calls its fields begins with what they are about ("individual.verification.document"). */
const ABOUT = {
  bank: ['external_account'],
  business: ['business_profile', 'settings', 'business_type'],
  company: ['company', 'documents'],
  person: ['individual', 'person', 'representative', 'owners', 'directors', 'executives', 'relationship'],
  terms: ['tos_acceptance'],
} as const;

export type Wish = keyof typeof ABOUT | 'other';

/** What the provider still wants to know, each once, in the order in which it asks. */
export function wishesOf(requirements: readonly string[]): Wish[] {
  const about = (requirement: string): Wish => {
    // Somebody of a company is named by a key of theirs: "person_1N….dob.day".
    const first = (requirement.split('.')[0] ?? '').replace(/^person_.*/, 'person');
    const found = Object.entries(ABOUT).find(([, names]) => (names as readonly string[]).includes(first));
    return (found?.[0] as Wish | undefined) ?? 'other';
  };
  return [...new Set(requirements.map(about))];
}
