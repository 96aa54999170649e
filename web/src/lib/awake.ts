/**
 * Keeps the screen on while the page is looked at, where the browser can. The browser forgets it whenever
 * the page is hidden, so it is asked again. Gives back what ends it.
 */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = () => {
    if (over || document.hidden || !('wakeLock' in navigator)) return;
    // A battery that is low refuses; then the screen goes dark as ever.
    navigator.wakeLock.request('screen').then(
      (given) => {
        if (over) void given.release();
        else lock = given;
      },
      () => undefined,
    );
  };
  document.addEventListener('visibilitychange', ask);
  ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}
