/** What the server wrote into the page, so that it can be shown before anything is asked for. */
export function boot(): Record<string, unknown> {
  const text = document.getElementById('boot')?.textContent;
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
