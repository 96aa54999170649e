import { ask, ifMatch, manners } from '$lib/api/client';
import type { TenantView } from '$lib/api/types';
import type { Kind } from './picture';

/** Sends a picture, and says how much of it is on its way: `fetch` doesn't tell. */
export function send(kind: Kind, picture: Blob, version: number, told: (share: number) => void): Promise<TenantView> {
  const call = new Promise<{ data?: TenantView; error?: unknown; response: Response }>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/v1/tenant/images/${kind}`);
    request.setRequestHeader('Content-Type', picture.type);
    request.setRequestHeader('If-Match', ifMatch(version)['If-Match']);
    if (manners.tenant) request.setRequestHeader('Openchair-Tenant', manners.tenant);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) told(loaded / total);
    };
    request.onerror = () => reject(new TypeError('the line broke'));
    request.onload = () => {
      const headers = new Headers();
      const wait = request.getResponseHeader('Retry-After');
      if (wait) headers.set('Retry-After', wait);
      const response = new Response(null, { status: request.status, headers });
      const body = read(request.responseText);
      resolve(response.ok ? { data: body as TenantView, response } : { error: body, response });
    };
    request.send(picture);
  });
  return ask(call);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
