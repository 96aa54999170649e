/** Does this every so often while the page is looked at, and when one comes back to it. Gives what ends it. */
export function whileLookedAt(every: number, work: () => void): () => void {
  const now = () => {
    if (!document.hidden) work();
  };
  const timer = setInterval(now, every);
  document.addEventListener('visibilitychange', now);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', now);
  };
}
