import { i18n, type File } from '$lib/i18n/index.svelte';

const words = import.meta.glob<File>('../../messages/{pay,gift}/*.json');

/** A page about vouchers, once its words are there. */
async function worded<T>(page: Promise<T>): Promise<T> {
  i18n.know(words);
  return (await Promise.all([page, i18n.need(['visit', 'pay', 'gift'])]))[0];
}

/** Where somebody buys a voucher. */
export const givePage = () => worded(import('./Give.svelte'));
/** What they bought. */
export const givenPage = () => worded(import('./Given.svelte'));
