import { t } from '$lib/i18n/index.svelte';

export type Parts = {
  what: string;
  party: number;
  /** Whom they chose or got. */
  who: string | undefined;
  when: string | undefined;
  price: string | undefined;
};

/** The sentence that builds up as one chooses: "Signature facial with Selma, Saturday at 11:30, $95". */
export function sentenceOf({ what, party, who, when, price }: Parts): string {
  const subject = party > 1 ? t('said.two', { what }) : what;
  const whom = who ? t('said.with', { what: subject, who }) : subject;
  const timed = when ? t('said.when', { what: whom, when }) : whom;
  return price ? t('said.price', { what: timed, price }) : timed;
}
