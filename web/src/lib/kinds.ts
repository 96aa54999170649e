import type { Kind } from './api/types';

/** The kinds of business that can sign up, each with the hue that is proposed for it. */
export const KINDS: Record<Kind, { hue: number }> = {
  salon: { hue: 345 },
  barbershop: { hue: 255 },
  spa: { hue: 190 },
  clinic: { hue: 155 },
};

export const KIND_KEYS = Object.keys(KINDS) as Kind[];

export function isKind(value: string | null): value is Kind {
  return value !== null && value in KINDS;
}
