import { api, ask } from './wire';
import { Fault } from '$lib/api/fault';
import { boot } from '$lib/boot';
import { useHue } from '$lib/device';
import { device } from '$lib/store';
import type { Shop } from './choice';

const hueOf = (slug: string) => `openchair.hue.${slug}`;

/** The shop's page: as the server wrote it into this one, else asked for. Null: there is no such shop. */
export async function shopAt(slug: string, fresh = false): Promise<Shop | null> {
  const written = boot()['shop'] as Shop | null | undefined;
  const here = fresh ? undefined : written;
  if (here === null) return null;
  const shop = here?.slug === slug ? here : await asked(slug);
  if (shop) wear(slug, shop.hue);
  return shop;
}

async function asked(slug: string): Promise<Shop | null> {
  try {
    return await ask(api.GET('/v1/public/{shop}', { params: { path: { shop: slug } } }));
  } catch (error) {
    const fault = Fault.from(error);
    if (fault.status === 404) return null;
    throw fault;
  }
}

function wear(slug: string, hue: number): void {
  useHue(hue);
  device.set(hueOf(slug), String(hue));
}

/** A page behind a link is in its shop's colour, too: the one that was seen last, else the shop is asked. */
export function dressAs(slug: string): void {
  const known = device.get(hueOf(slug));
  if (known) useHue(Number(known));
  else void shopAt(slug).catch(() => undefined);
}

const VISITOR = 'openchair.visitor';
let unkept = '';

/** What this device calls itself, so that it keeps one time of a thing and not several. */
export function visitor(): string {
  unkept ||= device.get(VISITOR) ?? crypto.randomUUID();
  device.set(VISITOR, unkept);
  return unkept;
}
