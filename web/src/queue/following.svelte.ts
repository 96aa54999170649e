import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { Live } from '$lib/live';
import type { Line } from './shop';

/** How long changes of a line are gathered before it is asked for again. */
const GATHER = 700;
/** What can be said of waits changes with time alone. */
const ANEW = 60_000;

/**
 * A line as others see it, kept up to date: the screen's topic says that something has changed, and how long
 * one would wait is asked for then.
 */
export class Following {
  line = $state.raw<Line>();
  fault = $state.raw<Fault>();
  /** When it was last heard of. */
  heard = $state(Date.now());
  #ask: () => Promise<Line>;
  #live: Live | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(ask: () => Promise<Line>, first?: Line) {
    this.#ask = ask;
    this.line = first;
    void this.again();
  }

  async again(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = (this.#turn += 1);
    try {
      const line = await this.#ask();
      if (turn !== this.#turn) return;
      this.line = line;
      this.heard = Date.now();
      this.fault = undefined;
      this.#watch(line);
    } catch (error) {
      if (turn === this.#turn) this.fault = Fault.from(error);
    }
    if (turn === this.#turn) this.#later(ANEW);
  }

  /** Asks anew after a moment, once for all that changes meanwhile. */
  soon(): void {
    this.#later(GATHER);
  }

  #later(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.again(), wait);
  }

  #watch(line: Line): void {
    if (this.#live) return;
    this.#live = new Live({ greeting: { shop: line.shop } });
    let first = true;
    this.#live.watch(
      { sub: 'board', location: line.location },
      {
        shown: () => {
          if (!first) this.soon();
          first = false;
        },
      },
    );
  }

  close(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#live?.close();
  }
}

/** A shop's line, and how long one would wait for this. */
export function lineOf(shop: string, location?: string, services?: readonly string[], staff?: string): Promise<Line> {
  const query = {
    ...(location && { location }),
    ...(services && services.length > 0 && { services: services.join(',') }),
    ...(staff && { staff }),
  };
  return ask(api.GET('/v1/public/{shop}/queue', { params: { path: { shop }, query } }));
}
