import { Calls } from '../line/calls.svelte';
import type { Entry } from '../line/line';
import { send } from '../line/steps';

/** Calls out of the line that stands beside a day, as its own page does. */
export function callsOf(line: { now: (id: string) => Entry | undefined; take: (entry: Entry) => void }): Calls {
  return new Calls({
    now: line.now,
    step: async (entry, step, more) => {
      const answer = await send(entry, step, more);
      line.take(answer);
      return answer;
    },
  });
}
