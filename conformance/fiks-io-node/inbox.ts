const PATIENCE_MS = 60_000;

/** Things that come one by one, to be waited for. */
export interface Inbox<T> {
  readonly all: readonly T[];
  add(item: T): void;
  /** The first that fits of those that nobody has taken; waited for. */
  take(wanted: (item: T) => boolean, what: string): Promise<T>;
}

export function createInbox<T>(): Inbox<T> {
  const all: T[] = [];
  const left: T[] = [];
  const waiting = new Set<() => void>();
  const take: Inbox<T>['take'] = (wanted, what) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no ${what} within ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      const look = () => {
        const at = left.findIndex(wanted);
        if (at < 0) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(left.splice(at, 1)[0] as T);
      };
      waiting.add(look);
      look();
    });
  return {
    all,
    add: (item) => {
      all.push(item);
      left.push(item);
      for (const look of [...waiting]) look();
    },
    take,
  };
}
