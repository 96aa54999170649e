import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import { sentence } from '$lib/ui/sentence';
import { said } from '../said.svelte';
import type { Book } from './book.svelte';
import { nameOfVisit } from './deeds.svelte';
import { timeText } from './words';

/** Gives somebody who waits a visit, where they were put down. It can't be taken back: they have left the line. */
export async function seat(book: Book, { id, version, name, code }: Schema<'QueueEntryView'>, start: Date, staff: string | undefined): Promise<void> {
  try {
    const body = { version, start: start.toISOString(), ...(staff && { staff }) };
    const { appointment } = await ask(api.POST('/v1/queue/entries/{id}/convert', { params: { path: { id } }, body }));
    book.take(appointment);
    said.say(t('visit.booked', { name: nameOfVisit(appointment), time: timeText(appointment.starts_at, book.zone) }));
  } catch (error) {
    const fault = Fault.from(error);
    const { alternatives: [near] = [] } = (fault.particulars ?? {}) as { alternatives?: { start: string }[] };
    const other = near && t('walkin.near', { time: timeText(near.start, book.zone) });
    said.say([t('walkin.stays', { name: name || code }), sentence(fault), other].filter(Boolean).join(' '));
  }
}
