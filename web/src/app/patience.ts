import type { Middleware } from 'openapi-fetch';
import { retryAfter } from '$lib/api/fault';

/** Longer than this somebody rather hears that it was too much. */
const LONGEST = 15;
const TRIES = 3;

/** A day with many people asks for much at once, and a small plan lets less of it through in a minute: what is
 *  only read waits as long as the server says, and is asked for again. */
export const patience: Middleware = {
  async onResponse({ request, response }) {
    if (request.method !== 'GET') return;
    let answer = response;
    for (let tried = 1; tried < TRIES && answer.status === 429; tried += 1) {
      const seconds = retryAfter(answer.headers.get('Retry-After'), Date.now()) ?? 1;
      if (seconds > LONGEST) break;
      await new Promise((done) => setTimeout(done, seconds * 1000));
      answer = await fetch(request);
    }
    return answer;
  },
};
