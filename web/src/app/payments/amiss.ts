import { tick } from 'svelte';

/** To the first field of a form in which something is amiss. */
export async function toAmiss(form: HTMLFormElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
}
