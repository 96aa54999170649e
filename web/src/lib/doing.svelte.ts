import { Fault } from './api/fault';

/** Something that somebody asked for and waits for. */
export class Doing {
  busy = $state(false);
  fault = $state.raw<Fault>();

  /** Runs the work unless it is running; says whether it succeeded. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.fault = Fault.from(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
