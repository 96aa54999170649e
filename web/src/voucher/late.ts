import { i18n, type File } from '$lib/i18n/index.svelte';
import UseVoucher from './UseVoucher.svelte';

const words = import.meta.glob<File>('../../messages/voucher/*.json');

/** What asks for a voucher's code, for those who have one: with its words. */
export async function voucherPage() {
  i18n.know(words);
  await i18n.need(['voucher']);
  return UseVoucher;
}
