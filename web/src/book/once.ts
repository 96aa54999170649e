import { Attempts, ask } from './wire';
import { Fault } from '$lib/api/fault';

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/**
 * A write that may be sent twice: a double tap and a line that broke repeat the same attempt. Once there is
 * an answer, the next one is another.
 */
export class Once {
  readonly #attempts = new Attempts();

  async send<B, T>(body: B, call: (body: B, header: { 'Idempotency-Key': string }) => Call<T>): Promise<T> {
    try {
      const answer = await ask(call(body, this.#attempts.header(body)));
      this.#attempts.done();
      return answer;
    } catch (error) {
      const { status } = Fault.from(error);
      if (status >= 400 && status < 500) this.#attempts.done();
      throw error;
    }
  }
}
