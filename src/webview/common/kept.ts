import { useEffect, useState } from 'preact/hooks';
import { keep, recall } from './host.ts';

/** State of a view that outlives hiding and reloading: a search text, a section that is open. */
export function useKept<T extends string | number | boolean>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => recall(name, initial));
  const set = (next: T) => {
    keep(name, next);
    setValue(() => next);
  };
  return [value, set];
}

/** Takes the page back to where it was scrolled to, once `ready` says that there is something to scroll. */
export function useKeptScroll(ready: boolean): void {
  useEffect(() => {
    if (!ready) return;
    window.scrollTo(0, recall('scroll', 0));
    const save = () => keep('scroll', window.scrollY);
    window.addEventListener('scrollend', save);
    return () => window.removeEventListener('scrollend', save);
  }, [ready]);
}
