// Which shops tell this browser of visits. All of them do so by one subscription of it.
import type { Schema } from '$lib/api/types';

export interface Known {
  /** What the shop calls this browser. */
  id: string;
  /** Where notes went when it was told. Browsers change that. */
  endpoint: string;
  /** The way that was chosen before notes were. */
  before?: Schema<'OwnMessagesView'>['channel'];
}
export type AllKnown = Record<string, Known>;

export function read(text: string | null): AllKnown {
  try {
    const kept: unknown = JSON.parse(text ?? '{}');
    return kept && typeof kept === 'object' ? (kept as AllKnown) : {};
  } catch {
    return {};
  }
}

export function withShop(all: AllKnown, shop: string, known: Known | null): AllKnown {
  const others = Object.fromEntries(Object.entries(all).filter(([slug]) => slug !== shop));
  return known ? { ...others, [shop]: known } : others;
}

/** Whether a shop's notes come here: it knows this browser, and was asked for notes. */
export function comes(known: Known | undefined, endpoint: string | undefined, wishes: Schema<'OwnMessagesView'>): boolean {
  return known !== undefined && known.endpoint === endpoint && wishes.channel === 'push';
}

/** A key as browsers want it. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const plain = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

export function sameKey(one: ArrayBuffer | null | undefined, other: Uint8Array): boolean {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0));
  return bytes.length === other.length && bytes.every((byte, at) => byte === other[at]);
}
