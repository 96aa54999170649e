import { Fault, retryAfter } from './fault';
import type { Problem } from './types';

/** What the shell around the client decides. */
export const manners = {
  /** The business that this tab looks at. */
  tenant: null as string | null,
  /** Called when the session is gone. */
  signedOut: (): void => undefined,
  /** Called when the business asks for a second factor that this login does not have. */
  factorMissing: (): void => undefined,
};

const SIGNED_OUT = new Set(['not_signed_in', 'session_expired']);

/** Waits for a call and gives its answer, or throws a [`Fault`]. */
export async function ask<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let answer;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof TypeError) throw Fault.offline();
    throw error;
  }
  if (answer.response.ok) return answer.data as T;

  const problem = problemOf(answer.error, answer.response.status);
  if (SIGNED_OUT.has(problem.code)) manners.signedOut();
  if (problem.code === 'second_factor_setup_required') manners.factorMissing();
  throw new Fault(problem, retryAfter(answer.response.headers.get('Retry-After'), Date.now()));
}

function problemOf(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'code' in body) return body as Problem;
  // A proxy in between may answer in its own words.
  return { type: 'about:blank', title: '', status, code: 'unknown', detail: '', request_id: '' };
}

/**
 * One key per attempt: the same input sent again (a double tap, a line that broke) is the same
 * attempt, changed input is a new one.
 */
export class Attempts {
  #sent = '';
  #key = '';

  header(body: unknown): { 'Idempotency-Key': string } {
    const sent = JSON.stringify(body);
    if (sent !== this.#sent) {
      this.#sent = sent;
      this.#key = crypto.randomUUID();
    }
    return { 'Idempotency-Key': this.#key };
  }

  /** The attempt ended: the next one is another, even with equal input. */
  done(): void {
    this.#sent = '';
  }
}
