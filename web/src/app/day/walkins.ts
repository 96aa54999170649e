// Who waits in the line, as the day's page shows it.
import type { Schema } from '$lib/api/types';
import type { LiveItem } from '$lib/live';

export interface Waiting {
  entry: Schema<'QueueEntryView'>;
  /** How long it may still take, if anybody can say: it may as well be longer as shorter. */
  minutes: number | undefined;
}

/** Those who wait, in their order. */
export function waitingOf(items: readonly LiveItem[]): Waiting[] {
  const waits = new Map(
    items.flatMap((item) => (item.kind === 'waits' ? item.waits : [])).map(({ id, p50_seconds }) => [id, p50_seconds]),
  );
  return items
    .flatMap((item) => (item.kind === 'entry' && item.entry.state === 'waiting' ? [item.entry] : []))
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => {
      const seconds = waits.get(entry.id);
      return { entry, minutes: typeof seconds === 'number' ? Math.max(1, Math.round(seconds / 60)) : undefined };
    });
}

/** For whom somebody is called: for oneself, for whom they want, or for the only one who serves; whoever sees
 *  only their own visits calls for nobody else. Nothing: the line's page lets one choose. */
export function caller(
  { staff_wanted: wanted }: Pick<Schema<'QueueEntryView'>, 'staff_wanted'>,
  own: string | undefined,
  serving: readonly { id: string }[],
  all: boolean,
): string | undefined {
  const serves = (id: string | null | undefined) => serving.find((each) => each.id === id)?.id;
  const mine = !wanted || wanted === own ? serves(own) : undefined;
  if (!all) return mine;
  return mine ?? serves(wanted) ?? (serving.length === 1 ? serving[0]?.id : undefined);
}
