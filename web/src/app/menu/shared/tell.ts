import { api, ask, ifMatch } from '$lib/api/client';
import type { Retold, Side } from './attached';

/** Tells each of these services what it has from now on. */
export async function tell(changes: readonly Retold[], side: Side): Promise<void> {
  for (const { service, ids } of changes) {
    const params = { path: { service: service.id }, header: ifMatch(service.version) };
    await ask(api.PATCH('/v1/services/{service}', { params, body: { [side]: ids } }));
  }
}
