import { untrack } from 'svelte';
import { Attempts } from '$lib/api/client';
import { t } from '$lib/i18n/index.svelte';
import { Doing } from '../../loaded.svelte';
import { said } from '../../said.svelte';
import { rebased, same } from './changes';

interface Versioned {
  version: number;
}

/** A form over something that is there already, or isn't yet: what was seen, and what somebody makes of it. */
export class Editing<View extends Versioned, Draft extends object> {
  seen = $state.raw<View>();
  draft: Draft;
  readonly doing = new Doing();
  readonly attempts = new Attempts();
  /** What can't be sent yet, by the field's pointer: known before anybody is asked. */
  amiss = $state.raw<Record<string, string>>({});
  #before: Draft;
  #draftOf: (view: View | undefined) => Draft;

  constructor(seen: View | undefined, draftOf: (view: View | undefined) => Draft) {
    this.seen = seen;
    this.#draftOf = draftOf;
    this.#before = $state.raw(draftOf(seen));
    this.draft = $state(draftOf(seen));
  }

  /** The form as it was when it was loaded. */
  get before(): Draft {
    return this.#before;
  }

  get dirty(): boolean {
    return !same(this.draft, this.#before);
  }

  get stale(): boolean {
    return this.doing.fault?.code === 'version_conflict';
  }

  fault(pointer: string): string | undefined {
    return this.amiss[pointer] ?? this.doing.fault?.field(pointer);
  }

  /** What is there now, with nothing of one's own in it. */
  take(view: View): void {
    this.seen = view;
    this.#before = this.#draftOf(view);
    Object.assign(this.draft, this.#draftOf(view));
  }

  /** Somebody changed it meanwhile: theirs is taken, and one's own changes are put on top of it. */
  async catchUp(read: () => Promise<View>): Promise<boolean> {
    const caught = await this.doing.run(async () => {
      const view = await read();
      const theirs = this.#draftOf(view);
      const mine = untrack(() => $state.snapshot(this.draft) as Draft);
      Object.assign(this.draft, rebased(this.#before, mine, theirs));
      this.#before = theirs;
      this.seen = view;
    });
    if (caught) said.say(t('menu.caught_up'));
    return caught;
  }
}
