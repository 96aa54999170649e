import type { Schema } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';

/** What somebody types who wants to join. */
export class Want {
  services = $state<string[]>([]);
  party = $state(1);
  staff = $state('');
  name = $state('');
  phone = $state('');
  note = $state('');

  body(): Schema<'KioskPartyInput'> {
    return {
      name: this.name.trim(),
      services: this.services,
      party: this.party,
      note: this.note.trim(),
      locale: i18n.language,
      ...(this.staff && { staff: this.staff }),
      ...(this.phone.trim() && { phone: this.phone.trim() }),
    };
  }
}
