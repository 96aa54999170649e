/** What lies on the shelves of a shop, as the API's addresses begin. */
const SHELVED = /^\/v1\/(locations|staff|rooms|services|categories|addons|packages|booking-policy|closures)(\/|$)/;

/** Whether a call that went well has changed what a shop is. To ask what a change would do changes nothing. */
export function changesShop(method: string, path: string): boolean {
  return method !== 'GET' && SHELVED.test(path) && !path.endsWith('/impact');
}
