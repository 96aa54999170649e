// What a voucher pays of a visit, and what a pass pays.
import type { Schema } from '$lib/api/types';
import { amountOf } from '$lib/money';
import { tipOf } from '../payments/sums';

interface Typed {
  code: string;
  amount: string;
  tip: string;
}

/** The most that a voucher can pay of a visit. */
export const payable = (left: number, open: number): number => Math.min(left, open);

/** What is wrong with what was typed, if anything is: the tip, too, comes from what is left. */
export function amissOf({ amount, tip }: Omit<Typed, 'code'>, left: number, open: number, currency: string): Record<string, 'amount' | 'most'> {
  const whole = amountOf(amount, currency);
  const onTop = tipOf(tip, currency);
  const most = payable(left, open);
  return {
    ...((whole === undefined || whole === 0) && { '/amount_minor': 'amount' as const }),
    ...(whole !== undefined && whole > most && { '/amount_minor': 'most' as const }),
    ...(onTop === undefined && { '/tip_minor': 'amount' as const }),
    ...(onTop !== undefined && whole !== undefined && whole <= most && onTop > left - whole && { '/tip_minor': 'most' as const }),
  };
}

/** What the server is told: the amount has the tip in it. */
export function redeeming({ code, amount, tip }: Typed, currency: string): Schema<'RedeemInput'> {
  const onTop = tipOf(tip, currency) ?? 0;
  const whole = (amountOf(amount, currency) ?? 0) + onTop;
  return { code, amount_minor: whole, ...(onTop > 0 && { tip_minor: onTop }) };
}

type VisitPass = Schema<'VisitPassView'>;
export interface Use {
  pass: VisitPass['pass'];
  line: number;
}

/** Each line once, with the pass that ends first: the others are used up later. */
export function usesOf(passes: readonly VisitPass[]): Use[] {
  const byEnd = [...passes].sort((a, b) => a.pass.last_day.localeCompare(b.pass.last_day));
  const lines = [...new Set(byEnd.flatMap((each) => each.lines))].sort((a, b) => a - b);
  return lines.flatMap((line) => byEnd.filter((each) => each.lines.includes(line)).slice(0, 1).map(({ pass }) => ({ pass, line })));
}
