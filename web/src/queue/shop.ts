import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { boot } from '$lib/boot';
import { useHue } from '$lib/device';

export type Shop = Schema<'PublicPageView'>;
export type Line = Schema<'PublicQueueView'>;

/** The shop of a page, in whose colours the page is from then on; nothing if there is none. */
export async function shopOf(slug: string): Promise<Shop | null> {
  const given = boot();
  const shop =
    'shop' in given && (given['shop'] === null || (given['shop'] as Shop).slug === slug)
      ? (given['shop'] as Shop | null)
      : await asked(slug);
  if (shop) useHue(shop.hue);
  return shop;
}

async function asked(slug: string): Promise<Shop | null> {
  try {
    return await ask(api.GET('/v1/public/{shop}', { params: { path: { shop: slug } } }));
  } catch (error) {
    if (Fault.from(error).status === 404) return null;
    throw error;
  }
}

/** Only for its colours: whatever is shown waits for nothing, and does without. */
export function colour(slug: string): void {
  void shopOf(slug).catch(() => undefined);
}

/** The line as the server wrote it into the page, if it did and it is this one. */
export function lineAtOnce(slug: string, location: string | undefined): Line | undefined {
  const line = boot()['queue'] as Line | null | undefined;
  return line?.shop === slug && (!location || line.location === location) ? line : undefined;
}
