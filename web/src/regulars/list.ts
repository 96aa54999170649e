// What is made of somebody's visits before they are shown.
import type { Schema } from '$lib/api/types';

export type OwnVisits = Schema<'OwnVisitsView'>;
export type RegularVisit = Schema<'RegularVisitView'>;
export type Known = { slug: string; name: string };

/** How many of those that were stand there before one asks for more. */
export const FIRST = 5;

/** The businesses that somebody goes to, each once: where they are expected next comes first. */
export function shopsOf({ coming, past }: OwnVisits): Known[] {
  const shops = new Map([...coming, ...past].map(({ shop, shop_name }) => [shop, shop_name]));
  return [...shops].map(([slug, name]) => ({ slug, name }));
}

/** The colour of the only business that somebody goes to. */
export function hueOf({ coming, past }: OwnVisits): number | undefined {
  const hues = new Set([...coming, ...past].map(({ hue }) => hue));
  const [only] = hues;
  return hues.size === 1 ? only : undefined;
}

/** Where it is: the business and its place, once if both are called the same. */
export function placeOf({ shop_name, location_name }: RegularVisit): string {
  return [...new Set([shop_name, location_name])].join(', ');
}

/** Whether a mail can go there. Anything finer is for the server to say. */
export const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
