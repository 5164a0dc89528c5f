import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const OVERSCAN = 8;

interface Props<T> {
  readonly items: readonly T[];
  /** Height of every row, in pixels. */
  readonly rowHeight: number;
  /** Rows shown before the list scrolls. */
  readonly rows: number;
  readonly label: string;
  row(item: T, index: number): ComponentChildren;
}

/** A list that draws only the rows in sight, so that thousands cost as much as twenty. */
export function VirtualList<T>({ items, rowHeight, rows, label, row }: Props<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const count = items.length;
  // A shorter list may leave the scroll position beyond its end.
  useLayoutEffect(() => {
    setTop(box.current?.scrollTop ?? 0);
  }, [count]);
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count, first + rows + 2 * OVERSCAN);
  return (
    <div
      ref={box}
      class="virtual"
      style={{ height: `${Math.min(rows, Math.max(1, count)) * rowHeight}px` }}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <ul
        aria-label={label}
        style={{ paddingTop: `${first * rowHeight}px`, paddingBottom: `${(count - last) * rowHeight}px` }}
      >
        {items.slice(first, last).map((item, offset) => (
          <li
            key={first + offset}
            aria-posinset={first + offset + 1}
            aria-setsize={count}
            style={{ height: `${rowHeight}px` }}
          >
            {row(item, first + offset)}
          </li>
        ))}
      </ul>
    </div>
  );
}
