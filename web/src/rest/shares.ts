// What one gives on top: shares of the price, or an amount of one's own. Cards don't know every coin.
import { amountOf, digits } from '$lib/money';

/** The smallest part of a currency that cards know, in its smallest coin: as the server reckons. */
function stepOf(currency: string): number {
  if (currency === 'MGA') return 100;
  return digits(currency) === 3 ? 10 : 1;
}

/** In percent. */
const SHARES = [10, 15, 20] as const;

export interface Share {
  percent: number;
  minor: number;
}

/** The shares that can be chosen: none that is nothing, more than can be given, or as much as one before it. */
export function sharesOf(price: number, most: number, currency: string): Share[] {
  const step = stepOf(currency);
  const shares = SHARES.map((percent) => ({ percent, minor: Math.round((price * percent) / 100 / step) * step }));
  return shares.filter(({ minor }, at) => minor > 0 && minor <= most && minor !== shares[at - 1]?.minor);
}

export type Amiss = 'amount' | 'most';

/** What is wrong with a tip that was typed, if anything is. */
export function amissOf(typed: string, most: number, currency: string): Amiss | undefined {
  const minor = amountOf(typed, currency);
  if (minor === undefined || minor === 0 || minor % stepOf(currency) !== 0) return 'amount';
  return minor > most ? 'most' : undefined;
}

/** What a card pays of what is open: all but the coins that it doesn't know. */
export const payable = (open: number, currency: string): number => open - (open % stepOf(currency));

/** What is chosen: a share by its percent, nothing, or what is typed. Undefined: that is no amount. */
export function tipOf(choice: number | 'other', typed: string, shares: readonly Share[], currency: string): number | undefined {
  if (choice === 'other') return amountOf(typed, currency);
  return shares.find(({ percent }) => percent === choice)?.minor ?? 0;
}
