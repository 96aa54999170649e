import { i18n, maybe } from '$lib/i18n/index.svelte';
import type { Problem } from './types';

/** Why a call did not succeed: a problem the server named, or a line that did not carry. */
export class Fault extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Seconds to wait before the next attempt, where the server said so. */
  readonly retryAfter: number | undefined;
  /** What else helps, by the code: the times near one that is taken, what changed since a version. */
  readonly particulars: unknown;
  readonly #fields: Map<string, { code: string; detail: string }>;

  constructor(problem: Partial<Problem>, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? problem.code ?? 'fault');
    this.code = problem.code ?? 'unknown';
    this.status = problem.status ?? 0;
    this.detail = problem.detail ?? '';
    this.retryAfter = retryAfter;
    this.particulars = problem.particulars;
    this.#fields = new Map((problem.fields ?? []).map((each) => [each.field, each]));
  }

  /**
   * The sentence for one field, named by its JSON pointer. The server's own is the most exact one and is
   * in English; other languages have one of their own for every code that people meet.
   */
  field(pointer: string): string | undefined {
    const found = this.#fields.get(pointer);
    if (!found || i18n.language === 'en') return found?.detail;
    return maybe(`field.${found.code}`) ?? found.detail;
  }

  /** Whether every fault can be shown at one of these fields, so that no summary is needed. */
  only(pointers: readonly string[]): boolean {
    return this.#fields.size > 0 && [...this.#fields.keys()].every((each) => pointers.includes(each));
  }

  /** The first of these fields that has a fault. */
  first(pointers: readonly string[]): string | undefined {
    return pointers.find((each) => this.#fields.has(each));
  }

  static offline(): Fault {
    return new Fault({ code: 'offline' });
  }

  static from(error: unknown): Fault {
    return error instanceof Fault ? error : new Fault({ code: 'unknown', detail: String(error) });
  }
}

/** Reads `Retry-After`, which is a number of seconds or a date. */
export function retryAfter(value: string | null, now: number): number | undefined {
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(1, Math.ceil((date - now) / 1000));
}
