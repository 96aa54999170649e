import { Fault } from '$lib/api/fault';
import { i18n, maybe } from '$lib/i18n/index.svelte';

/** What is wrong with a file as a whole, as one sentence: there is no field beside which it could stand. */
export function faultOf(fault: Fault): Fault {
  const detail = fault.field('/csv') ?? fault.field('/name');
  return detail ? new Fault({ code: 'bad_file', detail }) : fault;
}

/** What is wrong with a row. The server's own sentence is the most exact one, and in English. */
export function faultOfRow(code: string | null | undefined, detail: string | null | undefined): string {
  const own = code && maybe(`imports.fault.${code}`);
  return (i18n.language !== 'en' && own) || detail || own || '';
}
