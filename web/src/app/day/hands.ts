// How a visit is taken and carried by the mouse or a finger. A finger lifts by resting on it for a moment, so
// that the page can still be scrolled; then the page must not scroll, which only a listener that isn't
// passive can prevent.

export interface Place {
  column: string | undefined;
  minute: number;
}

export interface Carrying<T> {
  /** What elements that can be carried say their key with. */
  mark: 'block' | 'entry';
  /** What has a key, if it can be moved. */
  find(key: string): T | undefined;
  place(x: number, y: number): Place | undefined;
  lift(block: T, hand: 'mouse' | 'finger', at: number): void;
  over(place: Place): void;
  drop(): void;
  putBack(): void;
  /** What is scrolled, if that isn't what it is taken from. */
  box?(): HTMLElement | undefined;
}

/** How far a mouse goes before it means it, and how long a finger rests. */
const SLACK = 5;
const REST = 380;
const EDGE = 56;

/** An attachment: what is in the element can be carried. */
export function byHand<T>(carrying: Carrying<T>): (sheet: HTMLElement) => () => void {
  return (sheet) => {
    let taken: { block: T; x: number; y: number } | undefined;
    let carried = false;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let at = { x: 0, y: 0 };
    let frame = 0;

    const under = (target: EventTarget | null): T | undefined => {
      const { mark } = carrying;
      const key = (target as Element | null)?.closest<HTMLElement>(`[data-${mark}]`)?.dataset[mark];
      return key === undefined ? undefined : carrying.find(key);
    };
    const begin = (hand: 'mouse' | 'finger') => {
      if (!taken) return;
      const place = carrying.place(taken.x, taken.y);
      if (!place) return;
      carried = true;
      carrying.lift(taken.block, hand, place.minute);
      frame = requestAnimationFrame(follow);
    };
    const go = (x: number, y: number) => {
      at = { x, y };
      const place = carrying.place(x, y);
      if (place) carrying.over(place);
    };
    /** Near the edge, what lies behind it comes nearer. */
    const follow = () => {
      if (!carried) return;
      const box = carrying.box ? carrying.box() : (sheet.parentElement ?? sheet);
      frame = requestAnimationFrame(follow);
      if (!box) return;
      const { left, right, top, bottom } = box.getBoundingClientRect();
      // Who comes from beside it hasn't reached it yet.
      if (carrying.box && (at.x < left || at.x > right)) return;
      const high = Math.max(top, 0);
      const low = Math.min(bottom, innerHeight);
      const y = at.y < high + EDGE ? -7 : at.y > low - EDGE ? 7 : 0;
      const x = at.x < left + EDGE ? -7 : at.x > right - EDGE ? 7 : 0;
      if (x !== 0 || y !== 0) {
        box.scrollBy(x, y);
        go(at.x, at.y);
      }
    };
    const end = (how: 'drop' | 'back') => {
      clearTimeout(rest);
      cancelAnimationFrame(frame);
      taken = undefined;
      if (!carried) return;
      carried = false;
      if (how === 'drop') carrying.drop();
      else carrying.putBack();
      // The click that ends a drag opens nothing.
      const swallow = (event: Event) => {
        event.preventDefault();
        event.stopPropagation();
      };
      addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', swallow, { capture: true }), 60);
    };

    const pressed = (event: PointerEvent) => {
      if (event.pointerType === 'touch' || event.button !== 0) return;
      const block = under(event.target);
      if (block) taken = { block, x: event.clientX, y: event.clientY };
    };
    const pointed = (event: PointerEvent) => {
      if (event.pointerType === 'touch' || !taken) return;
      at = { x: event.clientX, y: event.clientY };
      if (!carried && Math.hypot(event.clientX - taken.x, event.clientY - taken.y) > SLACK) begin('mouse');
      if (carried) go(event.clientX, event.clientY);
    };
    const released = (event: PointerEvent) => {
      if (event.pointerType !== 'touch') end('drop');
    };

    const touched = (event: TouchEvent) => {
      const [finger] = event.touches;
      const block = event.touches.length === 1 ? under(event.target) : undefined;
      if (!block || !finger) {
        end('back');
        return;
      }
      taken = { block, x: finger.clientX, y: finger.clientY };
      at = { x: finger.clientX, y: finger.clientY };
      rest = setTimeout(() => {
        begin('finger');
        navigator.vibrate?.(12);
      }, REST);
    };
    const slid = (event: TouchEvent) => {
      const [finger] = event.touches;
      if (!taken || !finger) return;
      if (carried) {
        event.preventDefault();
        go(finger.clientX, finger.clientY);
      } else if (Math.hypot(finger.clientX - taken.x, finger.clientY - taken.y) > 10) {
        // It scrolls.
        end('back');
      }
    };
    const let_go = (event: TouchEvent) => {
      if (carried) event.preventDefault();
      end('drop');
    };
    const back = () => end('back');
    const calm = (event: Event) => {
      if (carried || (taken && event.type === 'dragstart')) event.preventDefault();
    };
    const escaped = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && carried) end('back');
    };

    sheet.addEventListener('pointerdown', pressed);
    addEventListener('pointermove', pointed);
    addEventListener('pointerup', released);
    sheet.addEventListener('touchstart', touched, { passive: true });
    sheet.addEventListener('touchmove', slid, { passive: false });
    sheet.addEventListener('touchend', let_go);
    sheet.addEventListener('touchcancel', back);
    sheet.addEventListener('contextmenu', calm);
    sheet.addEventListener('dragstart', calm);
    addEventListener('keydown', escaped, { capture: true });
    return () => {
      end('back');
      sheet.removeEventListener('pointerdown', pressed);
      removeEventListener('pointermove', pointed);
      removeEventListener('pointerup', released);
      sheet.removeEventListener('touchstart', touched);
      sheet.removeEventListener('touchmove', slid);
      sheet.removeEventListener('touchend', let_go);
      sheet.removeEventListener('touchcancel', back);
      sheet.removeEventListener('contextmenu', calm);
      sheet.removeEventListener('dragstart', calm);
      removeEventListener('keydown', escaped, { capture: true });
    };
  };
}
